"""What a resident can do with the pages, without scripts. Each function is one story; all share one city."""
import gzip
import pathlib
import re
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'e2e'))
from city import City, JPEG, SOURCE  # noqa: E402
from pages import Browser, Page  # noqa: E402

HOTLINE = '330100-D01'
OPERATOR, DISPATCHER, ADMIN = f'operator@{HOTLINE}', f'dispatcher@{HOTLINE}', f'admin@{HOTLINE}'
FORM = '/say/request-12345'
SECRET = '楼道里的灯坏了三天'
PHONE = '13800138000'
CODE = re.compile(r'\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b')


def said(browser, more=None, **kw):
    """Says something; the receipt's page and its code."""
    given = {'f.subject': 'request', 'f.text': SECRET, **(more or {})}
    a = browser.fill(browser.get(FORM).page, FORM, given, **kw)
    assert a.url == '/receipt', a.body[:600]
    return a.page, CODE.search(a.page.text).group()


def ref_of(city, code):
    return city.get('/api/v1/follow', code=code).j['ref']


def answered(city, ref):
    city.step(ref, 'register', OPERATOR)
    city.step(ref, 'dispatch_duty', DISPATCHER, {'category': '010404', 'place': '330106'})
    handler = 'handler@' + city.view(ref)['owner']['code']
    city.step(ref, 'accept', handler)
    city.step(ref, 'reply', handler, {'answer': '已更换灯头 <b>', 'record': '换灯', 'result': 'solved'}, evidence={'work_record': [JPEG]})
    city.step(ref, 'deliver_open', DISPATCHER)


def whole_loop_in_chinese(city):
    b = Browser(city.url)
    home = b.get('/').page
    assert home.lang == 'zh-Hans' and FORM in home.links
    form = b.get(FORM).page
    refused = b.fill(form, FORM, {'f.subject': 'complaint', 'f.contact.name': '李<四>'}, status=422).page
    assert '请填写这一项' in refused.text and refused.value(FORM, 'f.subject') == ['complaint']
    assert refused.value(FORM, 'f.contact.name') == ['李<四>'], 'nothing that was typed is lost'
    found = b.fill(refused, FORM, {'f.text': SECRET + PHONE, 'f.place.find': '文新'}, button='find').page
    assert '文新街道' in found.text and found.value(FORM, 'f.text') == [SECRET + PHONE]
    asked = b.fill(found, FORM, {'f.place.org': '330106013'}).page
    assert '手机号或身份证号' in asked.text
    a = b.fill(asked, FORM, {'f.place.org': '330106013'}, button='hide', files=[('photos', 'a.jpg', JPEG)])
    receipt = a.page
    code = CODE.search(receipt.text).group()
    assert '已收到' in receipt.text and a.headers['Cache-Control'] == 'no-store'
    view = city.get('/api/v1/follow', code=code).j
    assert view['fields']['text'] == SECRET + '138●●●●●●●●' and view['fields']['place']['org'] == '330106013', view['fields']
    assert view['fields']['channel'] == 'web' and view['fields']['contact'] == {'name': '李<四>'}
    ref = view['ref']
    assert len(city.get(f'/api/v1/matters/{ref}', actor=DISPATCHER).j['files']) == 1, 'the photo came with it'
    matter = b.get('/follow/matter').page
    assert '待受理' in matter.text and '期限是怎么算的' in matter.text and '办公' not in matter.text[:50]
    answered(city, ref)
    matter = b.get('/follow/matter').page
    assert '已更换灯头 <b>' in matter.text and '待评价' in matter.text, matter.text
    rate = '/follow/matter/rate'
    marks = {f'f.rate_{x}': '5' for x in ('speed', 'result', 'service')}
    again = b.fill(matter, rate, {'f.resolved': 'yes', **marks}, status=422).page
    assert again.value(rate, 'f.rate_speed') == ['5'] and '请填写这一项' in again.text
    done = b.fill(again, rate, {'f.rate_quality': '4', 'f.remark': '很快'}).page
    assert '待运用' in done.text and rate not in [f['action'] for f in done.forms]
    fields = city.get('/api/v1/follow', code=code).j['fields']
    assert fields['resolved'] is True and fields['rate_quality'] == 4 and fields['rate_speed'] == 5
    assert not any(code in path or PHONE in path for path in b.seen), 'no code and no number in an address'


def whole_loop_in_english(city):
    b = Browser(city.url, 'en-GB,en;q=0.9,zh;q=0.5')
    receipt, code = said(b)
    assert receipt.lang == 'en' and 'Your receipt' in receipt.text and not re.search('[\u4e00-\u9fff]', receipt.text.replace('繁體', '').replace('简体', ''))
    answered(city, ref_of(city, code))
    other = Browser(city.url, 'en')
    page = other.get('/follow').page
    wrong = other.fill(page, '/follow', {'code': 'AAAA-AAAA-AAAA-AAAA'}, status=404).page
    assert 'There is no matter with this code' in wrong.text
    matter = other.fill(wrong, '/follow', {'code': ' ' + code.lower().replace('-', ' ')}).page
    assert 'It is your turn' in matter.text and 'ask for it to be redone' in matter.text
    redo = other.fill(matter, '/follow/matter/contest', {'f.objection': 'It is dark again.'}).page
    assert 'One level up' in redo.text and city.view(ref_of(city, code))['state']['name'] == 'redo'
    assert not any(code in path for path in other.seen + b.seen)
    left = other.post('/follow/leave', [])
    assert left.url == '/' and 'minhu_code' not in other.cookies and other.get('/follow/matter').url == '/follow'


def withdrawing_and_adding(city):
    b = Browser(city.url)
    _, code = said(b)
    matter = b.fill(b.get('/follow/matter').page, '/follow/matter/add_note', {'f.more': '灯杆号 12'}).page
    assert '主动补充' in matter.text
    over = b.fill(matter, '/follow/matter/withdraw', {}).page
    assert '已撤回' in over.text and '走完全部环节' in over.text
    assert city.get('/api/v1/follow', code=code).j['state']['name'] == 'withdrawn'


def asking_for_erasure(city):
    b = Browser(city.url)
    _, code = said(b)
    b.post('/follow/matter/erase', [], 409)
    over = b.fill(b.get('/follow/matter').page, '/follow/matter/withdraw', {}).page
    asked = b.fill(over, '/follow/matter/erase', {}).page
    assert '您已于' in asked.text and '/follow/matter/erase' not in [f['action'] for f in asked.forms]
    ref = ref_of(city, code)
    assert ref in [w['ref'] for w in city.get('/api/v1/erasures', actor=ADMIN).j['wishes']]
    city.get('/api/v1/erasures', 403, actor=DISPATCHER)
    first = city.post('/api/v1/follow/erasure', None, code=code).j['asked']
    assert city.post('/api/v1/follow/erasure', None, code=code).j['asked'] == first
    city.post(f'/api/v1/matters/{ref}/erase', {'basis': 'PIPL 47'}, actor=ADMIN)
    assert ref not in [w['ref'] for w in city.get('/api/v1/erasures', actor=ADMIN).j['wishes']]
    gone = b.get('/follow/matter').page
    assert SECRET not in gone.text and '已经依法删除' in gone.text


def sent_twice_is_one(city):
    b = Browser(city.url)
    form = b.get(FORM).page
    given = {'f.subject': 'request', 'f.text': SECRET}
    codes = {CODE.search(b.fill(form, FORM, given).page.text).group() for _ in range(2)}
    assert len(codes) == 1
    other = b.fill(form, FORM, {**given, 'f.text': '另一件事'}, status=422).page
    assert '还没有提交成功' in other.text and other.value(FORM, 'f.text') == ['另一件事']


def cookies_and_foreign_pages(city):
    b = Browser(city.url)
    form = b.get(FORM).page
    given = {'f.subject': 'request', 'f.text': SECRET}
    for headers in ({'Sec-Fetch-Site': 'cross-site'}, {'Origin': 'https://evil.example'}, {'Origin': 'null'}):
        refused = b.fill(form, FORM, given, status=403, headers=headers)
        assert SECRET not in refused.page.text and '没有这项权限' in refused.page.text
    a = b.fill(form, FORM, given, status=303, headers={'Sec-Fetch-Site': 'same-origin'})
    assert 'HttpOnly' in a.cookie and 'SameSite=Lax' in a.cookie and 'Path=/' in a.cookie, a.cookie
    assert a.headers['Location'] == '/receipt'
    for path in ('/receipt', '/follow/matter', FORM, '/follow'):
        assert b.get(path).headers['Cache-Control'] == 'no-store', path
    assert b.get('/').headers['Referrer-Policy'] == 'same-origin'


def languages(city):
    b = Browser(city.url, 'zh-TW')
    assert b.get('/').page.lang == 'zh-Hant' and '說一件事' in b.get('/').page.text
    form = b.get(FORM).page
    assert '訴求內容' in form.text and '餘杭區' in form.text, 'names that packs bring are derived too'
    a = b.get('/?lang=en')
    assert a.page.lang == 'en' and b.cookies['minhu_lang'] == 'en' and b.get('/answers').page.lang == 'en'
    assert b.get('/?lang=zh-Hans').page.lang == 'zh-Hans' and b.get('/say').page.lang == 'zh-Hans'
    form = b.get(FORM).page
    other = b.fill(form, FORM, {'f.text': SECRET}, button='lang', to=FORM + '?lang=en').page
    assert other.lang == 'en' and other.value(FORM, 'f.text') == [SECRET] and other.value(FORM, 'key') == form.value(FORM, 'key')
    assert b.fill(other, FORM, {}, status=422).page.lang == 'en', 'and it stays'


def every_form_in_every_language(city):
    b = Browser(city.url)
    for lang in ('zh-Hans', 'zh-Hant', 'en'):
        b.get(f'/?lang={lang}')
        kinds = [k for k in b.get('/say').page.links if k.startswith('/say/')]
        assert len(kinds) >= 5
        for kind in kinds:
            page = b.get(kind).page
            assert page.form_to(kind)['method'] == 'post' and 'f.channel' not in page.form_to(kind)['names']
            refused = b.fill(page, kind, {}, status=422)
            assert refused.page.lang == lang
        for path in ('/', '/follow', '/answers', '/check'):
            assert b.get(path).page.lang == lang
    for form in city.get('/api/v1/forms').j['forms']:
        b.ask('GET', '/say/' + form['kind'])


def the_square(city):
    b = Browser(city.url, 'en')
    _, code = said(b)
    ref = ref_of(city, code)
    answered(city, ref)
    page = b.get('/answers').page
    assert '已更换灯头 <b>' in page.text and SECRET not in page.text
    one = b.get(f'/answers/{ref}').page
    assert '已更换灯头 <b>' in one.text and SECRET not in one.text
    end = time.monotonic() + 5   # the index of search follows the ledger
    while '已更换灯头' not in b.get('/answers?q=%E7%81%AF%E5%A4%B4').page.text:
        assert time.monotonic() < end, 'a part of the answer finds it'
        time.sleep(0.05)
    none = b.get('/answers?q=%22%3Cscript%3E').page
    assert 'No answer holds' in none.text and '已更换灯头' not in none.text
    b.get('/answers/nothing', 404)


def the_proof_is_a_file(city):
    b = Browser(city.url)
    _, code = said(b)
    end = time.monotonic() + 10
    while True:
        a = b.ask('GET', '/receipt/proof')
        if a.status == 200 or time.monotonic() > end:
            break
        assert a.status == 503 and Page(a.body.decode())
        time.sleep(0.2)
    assert a.status == 200 and a.headers['Content-Disposition'].endswith('.tlog-proof"') and a.body.startswith(b'c2sp.org/tlog-proof@v1'), a.body[:60]
    index, = re.findall(rb'^index (\d+)$', a.body, re.M)
    assert int(index) == city.get('/api/v1/follow', code=code).j['seq']


def errors_are_pages(city):
    b = Browser(city.url)
    for path in ('/say/nothing', '/say/rectification', '/say/task', '/nowhere'):
        page = b.get(path, 404).page
        assert '没有找到' in page.text, path
    assert b.ask('GET', '/api/v1/nowhere').headers['Content-Type'].startswith('application/problem+json')
    assert b.ask('GET', '/nowhere', headers={'Accept': 'application/json'}).headers['Content-Type'].startswith('application/problem+json')
    _, _ = said(b)
    gone = b.post('/follow/matter/rate', [('f.resolved', 'yes')] + [(f'f.rate_{x}', '5') for x in ('speed', 'result', 'service', 'quality')], 409)
    assert '现在不能办理这一步' in gone.page.text
    assert '现在不能办理这一步' in b.post('/follow/matter/rate', [('f.rate_speed', '9')], 409).page.text


def the_first_load_is_small(city):
    b = Browser(city.url)
    said(b)
    assets = {}
    for path in ('/', '/say', FORM, '/receipt', '/follow', '/follow/matter', '/answers', '/check'):
        text = b.get(path).body
        total = len(gzip.compress(text, 6))
        for name in set(re.findall(rb'(?:href|src)="(/assets/[^"]+)"', text)):
            if name not in assets:
                request = urllib.request.Request(city.url + name.decode(), headers={'Accept-Encoding': 'gzip'})
                try:
                    assets[name] = len(urllib.request.urlopen(request, timeout=30).read())
                except urllib.error.HTTPError:
                    assets[name] = 0  # built without that file
            total += assets[name]
        assert total <= 60 * 1024, f'{path}: {total} bytes'


def the_log_holds_no_person(city):
    b = Browser(city.url)
    _, code = said(b, {'f.contact.name': '张三丰', 'f.contact.phone': PHONE})
    b.get('/follow/matter')
    city.stop()
    log = (city.dir / 'log').read_text()
    city.start()
    assert 'POST /say/{form}' in log
    for word in (code, code.lower(), PHONE, '张三丰', SECRET, '330106013'):
        assert word not in log, word


STORIES = [whole_loop_in_chinese, whole_loop_in_english, withdrawing_and_adding, asking_for_erasure, sent_twice_is_one, cookies_and_foreign_pages, languages,
           every_form_in_every_language, the_square, the_proof_is_a_file, errors_are_pages, the_first_load_is_small, the_log_holds_no_person]


def main(engine):
    wanted = sys.argv[1:]
    stories = [s for s in STORIES if not wanted or s.__name__ in wanted]
    city, failed = City(engine), 0
    print(f'1..{len(stories) + 1}')
    try:
        made = city.program('init', '--pack', SOURCE / 'packs/hangzhou')
        print(f"{'ok' if made.returncode == 0 else 'not ok'} 1 - a city on {engine}", flush=True)
        if made.returncode:
            print('# ' + (made.stdout + made.stderr).replace('\n', '\n# '))
            return 1
        city.start()
        for i, story in enumerate(stories, 2):
            try:
                story(city)
                print(f'ok {i} - {story.__name__}', flush=True)
            except Exception as e:  # whatever it was, the other stories are told too
                failed += 1
                where = e.__traceback__
                while where.tb_next and 'portal_stories.py' in where.tb_next.tb_frame.f_code.co_filename:
                    where = where.tb_next
                text = str(e)[:1500].replace('\n', '\n# ')
                print(f'not ok {i} - {story.__name__} (line {where.tb_lineno})\n# {type(e).__name__}: {text}', flush=True)
        if city.stop() != 0:
            failed += 1
            print('not ok - the server ended with an error\n# ' + (city.dir / 'log').read_text()[-1500:].replace('\n', '\n# '))
    finally:
        city.close()
    return 1 if failed else 0
