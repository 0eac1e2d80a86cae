"""tools/gen/page.py refuses what could be wrong in a template, with file and line; and what it writes escapes hostile values."""
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get('MINHU_SOURCE') or pathlib.Path(__file__).resolve().parents[2])
TOOL = SOURCE / 'tools/gen/page.py'
DECL = '{{struct cell: str text;}}{{page str name; url link; int n; bool on; html svg; list cell cells; part row row;}}'
ROW = '{{page str name;}}<b>{{name}}</b>'

# (what, body of the template, part of the message)
BAD = [
    ('an unknown name', '{{nobody}}', "there is no 'nobody'"),
    ('an unknown member', '{{each cells as c}}{{c.nothing}}{{/each}}', "there is no 'c.nothing'"),
    ('an unknown text', '{{t portal.no.such}}', 'no text portal.no.such'),
    ('texts for scripts outside a template element', '<div>{{texts pocket}}</div>', 'template element'),
    ('texts that are not there', '<template>{{texts nowhere}}</template>', 'no texts nowhere'),
    ('a literal text', '<p>Hello</p>', 'belongs into locale/'),
    ('a literal text in Chinese', '<p>你好</p>', 'belongs into locale/'),
    ('a literal text in an attribute', '<p title="Hello">1</p>', 'belongs into locale/'),
    ('a literal label', '<input aria-label="Name">', 'belongs into locale/'),
    ('a missing parameter', '{{t common.time.late_days}}', 'takes n'),
    ('another parameter', '{{t common.time.late_days n=n m=n}}', 'takes n'),
    ('a list for a parameter', '{{t common.time.late_days n=cells}}', 'no parameter of a text'),
    ('a value in a tag', '<p {{name}}>1</p>', 'in a text or in a quoted attribute'),
    ('a text in a tag', '<p {{t common.do.yes}}>1</p>', 'quoted attribute'),
    ('an attribute without quotes', '<a href={{link}}>1</a>', 'quote'),
    ('a link that begins with a str', '<a href="{{name}}">1</a>', 'could lead anywhere'),
    ('a url behind something', '<a href="/x{{link}}">1</a>', 'whole value'),
    ('a url in a text', '<p>{{link}}</p>', 'whole value'),
    ('an event attribute', '<p onclick="x">1</p>', 'onclick'),
    ('a style attribute', '<p style="x">1</p>', 'style'),
    ('an inline script', '<script>x</script>', 'no inline script'),
    ('an inline style', '<style>x</style>', 'no inline script'),
    ('raw of a str', '{{raw name}}', 'cannot read'),
    ('html without raw', '{{svg}}', 'cannot be written'),
    ('tags that do not match', '<p><b>1</p></b>', 'closes nothing'),
    ('a tag left open', '<div>', 'never closed: <div>'),
    ('a tag opened in an if', '{{if on}}<p>{{/if}}', 'do not match'),
    ('a tag opened in one branch', '{{if on}}<p>{{else}}1{{/if}}', 'do not match'),
    ('an if left open', '{{if on}}1', 'never closed'),
    ('an else alone', '{{else}}', 'else without if'),
    ('an end alone', '{{/each}}', 'closes nothing'),
    ('each over no list', '{{each name as x}}{{/each}}', 'no list'),
    ('a taken name', '{{each cells as c}}{{each cells as c}}{{/each}}{{/each}}', 'write: each'),
    ('an unknown template', '{{include nobody row}}', 'write: include'),
    ('an include of something else', '{{include row name}}', 'not what row.html takes'),
    ('an include in an attribute', '<p class="{{include row row}}">1</p>', 'no place'),
    ('half a directive', '{{if}}', "there is no 'if'"),
    ('a bare <', '<p>1 < 2</p>', 'not a tag'),
]

BODY = '''
<p class="{{if on}}yes{{else}}no{{/if}}" title="{{name}}">{{name}} {{n}} {{t common.room.now room=name}}</p>
<a href="{{link}}">1</a><a href="/a/{{name}}?b={{name}}">2</a>
{{each cells as c}}<i>{{c.text}}</i>{{/each}}{{if !cells}}-{{/if}}
{{raw svg}}{{include row row}}
<textarea>
 {{name}}</textarea><template>{{texts common.room}}</template>'''
EVIL = '<script>"&\'/../' + chr(1)
MAIN = r'''
#include "page_gen.h"
#include "web/asset.h"
#include <stdio.h>
struct mh_str mh_asset_path(struct mh_arena *a, const char *name)
{
	return mh_str_fmt(a, "/assets/%s", name);
}
int main(void)
{
	static const char *const links[] = {"/ok?a=1&b=\"", "javascript:alert(1)", "//evil.example", "/\\evil", "https://a.example/", "java\tscript:x"};
	struct mh_page_x_cell cells[] = {{.text = MH_STR("a<b")}, {.text = MH_STR("c&d")}};
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		struct mh_page_x p = {.name = mh_str_c("EVIL"), .link = mh_str_c(links[i]), .n = -7, .on = i == 0, .svg = MH_STR("<svg/>"),
			.cells = cells, .n_cells = i == 0 ? 2 : 0, .row = {.name = MH_STR("</b>")}};
		struct mh_buf b = MH_BUF(4000);
		mh_page_x(&b, &p, MH_LANG_EN);
		puts(b.failed ? "FAILED" : b.ptr);
		mh_buf_done(&b);
		b = MH_BUF(100);
		mh_page_x(&b, &p, MH_LANG_EN);
		puts(b.failed ? "capped" : "NOT CAPPED");
		mh_buf_done(&b);
	}
	return 0;
}
'''.replace('EVIL', r'<script>\"&\'/../\001')


def generate(folder, body):
    (folder / 'x.html').write_text(DECL + '\n' + body, encoding='utf-8')
    (folder / 'row.html').write_text(ROW, encoding='utf-8')
    return subprocess.run([str(TOOL), str(folder), str(SOURCE / 'locale'), str(folder)], capture_output=True, text=True, check=False)


def refuses(folder):
    for what, body, part in BAD:
        done = generate(folder, body)
        assert done.returncode == 1 and 'x.html:2: error: ' in done.stderr and part in done.stderr, f'{what}: {done.stderr}'
    for what, decl, part in (('an unknown type', '{{page word x;}}', 'cannot read the member'),
                             ('a member twice', '{{page str x; int x;}}', 'comes twice'),
                             ('a part of itself', '{{page part y y;}}', 'holds itself'),
                             ('an unknown struct', '{{page list nobody y;}}', "no template or struct 'nobody'")):
        (folder / 'y.html').write_text(decl, encoding='utf-8')
        done = generate(folder, '')
        assert done.returncode == 1 and 'y.html:1: error: ' in done.stderr and part in done.stderr, f'{what}: {done.stderr}'
    (folder / 'y.html').unlink()


def escapes(folder):
    done = generate(folder, BODY)
    assert done.returncode == 0, done.stderr
    (folder / 'main.c').write_text(MAIN, encoding='utf-8')
    subprocess.run([str(SOURCE / 'tools/gen/catalog.py'), str(SOURCE / 'locale'), '--c', str(folder), 'common'], check=True)
    own = [str(SOURCE / 'src' / f) for f in ('base/str.c', 'base/buf.c', 'base/arena.c', 'text/msg.c', 'text/lang.c', 'web/page_write.c')]
    program = folder / 'program'
    subprocess.run(['gcc', '-std=gnu17', '-D_GNU_SOURCE', '-I', str(SOURCE / 'src'), '-I', str(folder), '-o', str(program),
                    str(folder / 'main.c'), str(folder / 'page_gen.c'), str(folder / 'locale_gen.c'), *own], check=True)
    out = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout
    evil = '&lt;script&gt;&quot;&amp;&#39;/../'
    part = '%3Cscript%3E%22%26%27%2F..%2F%01'
    first = (f'<p class="yes" title="{evil}">{evil} -7 Now at: {evil}</p>\n<a href="/ok?a=1&amp;b=&quot;">1</a>'
             f'<a href="/a/{part}?b={part}">2</a>\n<i>a&lt;b</i><i>c&amp;d</i>\n<svg/><b>&lt;/b&gt;</b>\n<textarea>\n {evil}</textarea>')
    assert out.startswith(first), f'{out[:600]}\n-- not --\n{first}'
    assert '<i data-t="common.room.now">Now at: {room}</i>' in out, 'texts for scripts keep their parameters'
    assert out.count('capped') == 6 and 'FAILED' not in out
    assert out.count('<a href="#">1</a>') == 4 and '<a href="https://a.example/">1</a>' in out, out
    assert 'javascript:' not in out and out.count('class="no"') == 5


def main():
    with tempfile.TemporaryDirectory() as name:
        refuses(pathlib.Path(name))
        escapes(pathlib.Path(name))


if __name__ == '__main__':
    try:
        main()
    except AssertionError as e:
        sys.exit(f'not ok: {e}')
