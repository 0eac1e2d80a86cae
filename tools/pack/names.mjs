// Place names: Chinese characters to the spelling used on maps and road signs (pinyin without tones, one word, an
// apostrophe before a syllable that begins with a, o or e).
//
// Readings: a general dictionary gets local names wrong, so the readings in use in Hangzhou stand here by hand. Longer
// entries win over shorter ones.
const local_readings = {
	弄: 'long', 於潜: 'yu qian', 朝晖: 'zhao hui', 朝闻: 'zhao wen', 民乐: 'min le', 圩: 'wei', 栅: 'zha', 剡: 'shan',
	缪: 'miao', 亲亲: 'qin qin', 仇村: 'qiu cun', 曾家: 'zeng jia', 更楼: 'geng lou', 大同: 'da tong', 六都: 'liu du', 都: 'du',
};

export function make_speller({ pinyin, customPinyin }) {
	customPinyin(local_readings);
	return function spell(zh) {
		const syllables = pinyin(zh, { toneType: 'none', type: 'array', nonZh: 'removed' });
		if (!syllables.length) throw new Error(`cannot spell "${zh}"`);
		const word = syllables.reduce((w, s) => w + (w && /^[aoe]/.test(s) ? "'" : '') + s, '');
		return word[0].toUpperCase() + word.slice(1);
	};
}
