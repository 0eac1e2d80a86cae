#!/bin/sh
# One request through the whole loop, with nothing but curl: 受理 → 汇总 → 处置 → 反馈 → 评价 → 运用.
#   MINHU_PASSWORD=… sh docs/walkthrough.sh [http://127.0.0.1:8080]   staff log in with the sample accounts (./dev run prints it)
#   sh docs/walkthrough.sh [URL]                                      with `minhu serve --trust-actor-header`: no accounts
set -eu
url=${1:-http://127.0.0.1:8080}
api=$url/api/v1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

say() { printf '\n== %s\n' "$*"; }
pick() { sed -n "s/.*\"$1\":\"\\{0,1\\}\\([^\",}]*\\).*/\\1/p" "$dir/answer"; } # pick NAME: a member of the last answer
as() { # as LOGIN ROLE@UNIT: the headers of what follows
	if [ -z "${MINHU_PASSWORD:-}" ]; then
		who="Minhu-Actor: $2" what='X-Nothing: 0'
		return
	fi
	curl -sS --fail-with-body -o "$dir/answer" -H 'Content-Type: application/json' \
		-d "{\"login\":\"$1\",\"password\":\"$MINHU_PASSWORD\",\"bearer\":true}" "$api/session" || { cat "$dir/answer" >&2; exit 1; }
	who="Authorization: Bearer $(pick token)" what="Minhu-As: $2"
}
code_holder() { who="Authorization: Tracking $1" what='X-Nothing: 0'; }
call() { # call METHOD PATH [JSON]
	if [ $# -gt 2 ]; then
		curl -sS --fail-with-body -o "$dir/answer" -X "$1" -H "$who" -H "$what" -H 'Content-Type: application/json' -d "$3" "$api$2" ||
			{ cat "$dir/answer" >&2; exit 1; }
	else
		curl -sS --fail-with-body -o "$dir/answer" -X "$1" -H "$who" -H "$what" "$api$2" || { cat "$dir/answer" >&2; exit 1; }
	fi
}

hotline=330100-D01   # the city's 12345 centre
unit=330105-D17      # urban management of Gongshu District

say '受理 A resident raises a request; the key makes a retry harmless'
curl -sS --fail-with-body -o "$dir/answer" -H 'Content-Type: application/json' -H "Idempotency-Key: walk-$$-$(date +%s)" -d '{
	"kind": "request-12345",
	"fields": {"channel": "web", "subject": "request", "text": "湖墅南路路灯不亮", "place": "330105", "category": "010404"}
}' "$api/matters"
cat "$dir/answer"
ref=$(pick ref) code=$(pick code) number=$(pick number)
say "受理 Registered as $number"
as operator "operator@$hotline"
call POST "/matters/$ref/actions/register" '{}'

say '汇总 The duty catalogue proposes a unit, and says why'
as dispatcher "dispatcher@$hotline"
call GET "/propose?category=010404&place=330105"
cat "$dir/answer"
call POST "/matters/$ref/actions/dispatch" \
	"{\"fields\":{\"category\":\"010404\",\"place\":\"330105\",\"unit\":\"$unit\"}}"

say '处置 The unit signs for it, and why its deadline is what it is'
as gongshu-handler "handler@$unit"
call POST "/matters/$ref/actions/accept" '{}'
curl -sS -H 'Accept-Language: zh' "$api/matters/$ref/why"

say '处置 Proof of the work, then the answer'
printf 'Lamp head replaced, pole 12\n' >"$dir/record.txt"
curl -sS --fail-with-body -o "$dir/answer" -H "$who" -H "$what" -H 'Content-Type: text/plain' \
	--data-binary "@$dir/record.txt" "$api/matters/$ref/files"
file=$(pick id)
call POST "/matters/$ref/actions/reply" "{\"fields\":{\"answer\":\"已更换灯头，路灯恢复照明\",
	\"record\":\"更换12号杆灯头\",\"result\":\"solved\"},\"evidence\":{\"work_record\":[\"$file\"]}}"

say '反馈 Somebody else reads the answer, delivers it and makes it public'
as dispatcher "dispatcher@$hotline"
call POST "/matters/$ref/actions/deliver_open" '{}'
call GET '/answers?limit=1'
cat "$dir/answer"

say '评价 The resident rates it, with the code that only they have'
code_holder "$code"
call GET /follow
call POST /follow/actions/rate \
	'{"fields":{"resolved":true,"rate_speed":5,"rate_result":5,"rate_service":5,"rate_quality":4}}'

say '运用 A single case, nothing more to learn: closed'
as dispatcher "dispatcher@$hotline"
call POST "/matters/$ref/actions/no_lesson" '{}'
[ "$(pick state)" = closed ]

say 'A receipt that anybody can check, with the exact entry and the key of the ledger'
n=0
until curl -sS --fail -o "$dir/receipt" "$api/matters/$ref/receipt" 2>/dev/null; do
	n=$((n + 1))
	[ "$n" -lt 10 ]
	sleep 1 # heads are signed once a second
done
curl -sS --fail -o "$dir/entry" "$api/matters/$ref/entry"
curl -sS --fail -o "$dir/vkey" "$url/ledger/vkey"
cat "$dir/receipt" "$dir/vkey"
minhu=${MINHU:-build/minhu}
if [ -x "$minhu" ]; then
	"$minhu" verify --receipt "$dir/receipt" --entry "$dir/entry" --vkey "$dir/vkey"
else
	echo 'minhu verify --receipt receipt --entry entry --vkey vkey'
fi
