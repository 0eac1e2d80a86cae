#!/bin/sh
# One request through the whole loop, with nothing but curl: 受理 → 汇总 → 处置 → 反馈 → 评价 → 运用.
#   minhu init --store sqlite:city.db --pack packs/hangzhou && minhu serve --trust-actor-header --store sqlite:city.db
#   sh docs/walkthrough.sh [http://127.0.0.1:8080]
# With that option staff say who they are by a header instead of logging in; the server answers on this machine only then.
set -eu
url=${1:-http://127.0.0.1:8080}
api=$url/api/v1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

say() { printf '\n== %s\n' "$*"; }
pick() { sed -n "s/.*\"$1\":\"\\{0,1\\}\\([^\",}]*\\).*/\\1/p" "$dir/answer"; } # pick NAME: a member of the last answer
call() { # call WHO METHOD PATH [JSON]: WHO is role@unit, or a tracking code, or - for nobody
	case $1 in
	-) who='X-Nobody: 1' ;;
	*@*) who="Minhu-Actor: $1" ;;
	*) who="Authorization: Tracking $1" ;;
	esac
	if [ $# -gt 3 ]; then
		curl -sS --fail-with-body -o "$dir/answer" -X "$2" -H "$who" -H 'Content-Type: application/json' -d "$4" "$api$3" ||
			{ cat "$dir/answer" >&2; exit 1; }
	else
		curl -sS --fail-with-body -o "$dir/answer" -X "$2" -H "$who" "$api$3" || { cat "$dir/answer" >&2; exit 1; }
	fi
}

hotline=330100-D01   # the city's 12345 centre
handler=330106-D17   # urban management of Xihu District

say '受理 A resident raises a request; the key makes a retry harmless'
curl -sS --fail-with-body -o "$dir/answer" -H 'Content-Type: application/json' -H "Idempotency-Key: walk-$$-$(date +%s)" -d '{
	"kind": "request-12345",
	"fields": {"channel": "web", "subject": "request", "text": "北山街路灯不亮", "place": "330106", "category": "010404"}
}' "$api/matters"
cat "$dir/answer"
ref=$(pick ref) code=$(pick code) number=$(pick number)
say "受理 Registered as $number"
call "operator@$hotline" POST "/matters/$ref/actions/register" '{}'

say '汇总 The duty catalogue proposes a unit, and says why'
call "dispatcher@$hotline" GET "/propose?category=010404&place=330106"
cat "$dir/answer"
call "dispatcher@$hotline" POST "/matters/$ref/actions/dispatch" \
	"{\"fields\":{\"category\":\"010404\",\"place\":\"330106\",\"unit\":\"$handler\"}}"

say '处置 The unit signs for it, and why its deadline is what it is'
call "handler@$handler" POST "/matters/$ref/actions/accept" '{}'
curl -sS -H 'Accept-Language: zh' "$api/matters/$ref/why"

say '处置 Proof of the work, then the answer'
printf 'Lamp head replaced, pole 12\n' >"$dir/record.txt"
curl -sS --fail-with-body -o "$dir/answer" -H "Minhu-Actor: handler@$handler" -H 'Content-Type: text/plain' \
	--data-binary "@$dir/record.txt" "$api/matters/$ref/files"
file=$(pick id)
call "handler@$handler" POST "/matters/$ref/actions/reply" "{\"fields\":{\"answer\":\"已更换灯头，路灯恢复照明\",
	\"record\":\"更换12号杆灯头\",\"result\":\"solved\"},\"evidence\":{\"work_record\":[\"$file\"]}}"

say '反馈 Somebody else reads the answer, delivers it and makes it public'
call "dispatcher@$hotline" POST "/matters/$ref/actions/deliver_open" '{}'
call - GET '/answers?limit=1'
cat "$dir/answer"

say '评价 The resident rates it, with the code that only they have'
call "$code" GET /follow
call "$code" POST /follow/actions/rate \
	'{"fields":{"resolved":true,"rate_speed":5,"rate_result":5,"rate_service":5,"rate_quality":4}}'

say '运用 A single case, nothing more to learn: closed'
call "dispatcher@$hotline" POST "/matters/$ref/actions/no_lesson" '{}'
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
