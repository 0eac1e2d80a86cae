"""A browser without scripts: strict about what it reads, it fills in forms as they stand in the page."""
import html.parser
import secrets
import urllib.error
import urllib.parse
import urllib.request

VOID = {'area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr'}
DRAWN = {'path', 'circle', 'rect', 'line'}


class Page(html.parser.HTMLParser):
    """What stands in a page. Whatever is not well-formed is an error."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.text, self.open, self.ids, self.later, self.wanted = '', [], set(), set(), []
        self.forms, self.links, self.form, self.select, self.area = [], [], None, None, None
        self.lang = None
        assert text.startswith('<!DOCTYPE html>'), text[:80]
        self.feed(text)
        self.close()
        assert not self.open, f'never closed: {self.open}'
        missing = [w for w in self.wanted if w not in self.ids | self.later]
        assert not missing, f'no element has the id {missing}'

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        assert len(a) == len(attrs), f'<{tag}> has an attribute twice: {attrs}'
        assert 'style' not in a and not any(k.startswith('on') for k in a), f'<{tag} {attrs}>'
        inert = 'template' in self.open  # scripts take copies of it
        if 'id' in a and inert:
            self.later.add(a['id'])
        elif 'id' in a:
            assert a['id'] not in self.ids, f'the id {a["id"]} comes twice'
            self.ids.add(a['id'])
        if not inert:
            self.wanted += [w for k in ('for', 'aria-describedby', 'aria-labelledby') for w in (a.get(k) or '').split()]
        if tag == 'html':
            self.lang = a['lang']
        if tag == 'a' and 'href' in a:
            self.links.append(a['href'])
            if a['href'].startswith('#'):
                self.wanted.append(a['href'][1:])
        self.form_part(tag, a)
        if tag not in VOID | DRAWN:
            self.open.append(tag)

    def form_part(self, tag, a):
        if tag == 'form':
            assert not self.form, 'a form within a form'
            self.form = {'action': a.get('action'), 'method': a.get('method', 'get'), 'fields': [], 'buttons': [], 'names': set()}
            self.forms.append(self.form)
        if not self.form:
            return
        name = a.get('name')
        if name and tag != 'button':
            self.form['names'].add(name)
        if tag == 'input' and a.get('type') in ('radio', 'checkbox'):
            if 'checked' in a:
                self.form['fields'].append([name, a['value']])
        elif tag == 'input' and a.get('type') != 'file' and name:
            self.form['fields'].append([name, a.get('value', '')])
        elif tag == 'textarea':
            self.area = [name, '']
            self.form['fields'].append(self.area)
        elif tag == 'select':
            self.select = [name, None]
            self.form['fields'].append(self.select)
        elif tag == 'option' and (self.select[1] is None or 'selected' in a):
            self.select[1] = a['value']

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID | DRAWN:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f'</{tag}> closes {self.open[-3:]}'
        self.open.pop()
        if tag == 'form':
            self.form = None
        if tag == 'textarea':
            self.area = None

    def handle_data(self, data):
        if self.area:
            self.area[1] += data
        self.text += data + ' '

    def form_to(self, action):
        found = [f for f in self.forms if f['action'] == action]
        assert len(found) == 1, f'{action}: {[f["action"] for f in self.forms]}'
        return found[0]

    def value(self, action, name):
        return [v for n, v in self.form_to(action)['fields'] if n == name]


class Answer:
    def __init__(self, status, headers, body, url):
        self.status, self.headers, self.body, self.url = status, headers, body, url

    @property
    def page(self):
        assert self.headers['Content-Type'] == 'text/html; charset=utf-8', self.headers['Content-Type']
        return Page(self.body.decode())


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    def __init__(self, url, lang='zh-CN'):
        self.url, self.lang, self.cookies, self.seen = url, lang, {}, []
        self.opener = urllib.request.build_opener(Stay)

    def ask(self, method, path, body=None, headers=None):
        self.seen.append(path)
        sent = {'Accept-Language': self.lang, 'Accept': 'text/html', **(headers or {})}
        if self.cookies:
            sent['Cookie'] = '; '.join(f'{k}={v}' for k, v in self.cookies.items())
        try:
            a = self.opener.open(urllib.request.Request(self.url + path, body, sent, method=method), timeout=60)
        except urllib.error.HTTPError as e:
            a = e
        answer = Answer(a.status if hasattr(a, 'status') else a.code, a.headers, a.read(), path)
        for c in a.headers.get_all('Set-Cookie') or []:
            name, _, rest = c.partition('=')
            value = rest.split(';')[0]
            answer.cookie = c
            if 'Max-Age=0' in c:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    def get(self, path, status=200):
        a = self.ask('GET', path)
        while a.status == 303:
            a = self.ask('GET', a.headers['Location'])
        assert a.status == status, f'{path}: {a.status} {a.body[:400]!r}'
        return a

    def post(self, path, pairs, status=200, headers=None, files=()):
        """As a browser does: urlencoded, or in parts when there are files; then where the answer leads."""
        if files:
            mark = secrets.token_hex(8)
            parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in pairs]
            parts += [f'--{mark}\r\nContent-Disposition: form-data; name="{n}"; filename="{f}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode()
                      + b + b'\r\n' for n, f, b in files]
            body, kind = b''.join(parts) + f'--{mark}--\r\n'.encode(), f'multipart/form-data; boundary={mark}'
        else:
            body, kind = urllib.parse.urlencode(pairs).encode(), 'application/x-www-form-urlencoded'
        a = self.ask('POST', path, body, {'Content-Type': kind, 'Origin': self.url, **(headers or {})})
        if a.status == 303 and status != 303:
            return self.get(a.headers['Location'], status)
        assert a.status == status, f'{path}: {a.status} {a.body[:400]!r}'
        return a

    def fill(self, page, action, given, button='send', status=200, files=(), headers=None, to=None):
        """Sends a form of the page: what stands in it, but for what is given. to: where the button sends it instead."""
        form = page.form_to(action)
        unknown = set(given) - form['names']
        assert not unknown, f'{action} has no {unknown}: {sorted(form["names"])}'
        pairs = [(n, v) for n, v in form['fields'] if n not in given]
        for name, value in given.items():
            pairs += [(name, v) for v in (value if isinstance(value, list) else [value])]
        return self.post(to or action, pairs + [('do', button)], status, headers, files)
