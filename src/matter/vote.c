/* Votes: a panel drawn from the ledger decides.
 *
 * The electors are drawn from the first signed head that contains the event which opened the vote, so nobody, the
 * operator included, can know or choose them beforehand: Fisher–Yates over the candidates in order of id, with
 * SHA-256("minhu/draw/1" ‖ root ‖ ref ‖ counter) as the source. Anybody with the list of candidates can draw again. */
#include "matter/matter_priv.h"

#include <string.h>

#define ELECTORS_MAX 200

enum mh_code mh_vote__open(struct mh_tx *tx, struct mh_matter *m, int vote, struct mh_err *reterr)
{
	struct mh_q_vote_add_in in = {
		.home_id = tx->city->home_id, .matter_id = m->id, .seq = m->last_seq, .name = m->def->votes[vote].name};
	return mh_q_vote_add(tx->db, &in, reterr);
}

static const struct mh_vote *vote_of(const struct mh_matter *m)
{
	int v = m->def->states[m->state].vote;
	return v < 0 ? NULL : &m->def->votes[v];
}

/* --- drawing --- */

static uint64_t draw_word(const struct mh_hash *root, struct mh_str ref, uint64_t counter)
{
	unsigned char n[8];
	for (int i = 0; i < 8; i++) n[i] = (unsigned char)(counter >> (56 - 8 * i));
	struct mh_str domain = MH_STR("minhu/draw/1");
	struct mh_bytes parts[] = {{(const unsigned char *)domain.ptr, domain.len},
				   {root->b, sizeof root->b},
				   {(const unsigned char *)ref.ptr, ref.len},
				   {n, sizeof n}};
	struct mh_hash h = mh_sha256_of(parts, 4);
	uint64_t v = 0;
	for (int i = 0; i < 8; i++) v = v << 8 | h.b[i];
	return v;
}

/* Moves the chosen ones to the front. The modulo's bias is below 2^-50 for any panel. */
static size_t choose(int64_t *ids, size_t n, size_t want, const struct mh_hash *root, struct mh_str ref)
{
	if (want > n) want = n;
	for (size_t i = 0; i < want; i++) {
		size_t k = i + (size_t)(draw_word(root, ref, i) % (n - i));
		int64_t swap = ids[i];
		ids[i] = ids[k];
		ids[k] = swap;
	}
	return want;
}

/* Holders of the role, without the owner's own people and those of units that handled it. */
static enum mh_code candidates(struct mh_tx *tx, struct mh_matter *m, const struct mh_vote *v, int64_t **ret,
			       size_t *ret_n, struct mh_err *reterr)
{
	struct mh_q_officer_by_role_row *rows;
	size_t n, kept = 0;
	struct mh_q_officer_by_role_in in = {.role = m->def->roles[v->role].name};
	MH_TRY(mh_q_officer_by_role(tx->db, tx->arena, &in, &rows, &n, reterr));
	int64_t *ids = MH_NEW_ARRAY(tx->arena, n ? n : 1, int64_t);
	MH_TRY_MEM(ids, reterr);
	for (size_t i = 0; i < n; i++) {
		int org = mh_org_by_id(&tx->city->orgs, rows[i].org_id);
		bool own = org == m->owner;
		bool handles = org >= 0 && m->owner >= 0 && tx->city->orgs.list[org].parent == m->owner;
		if ((own && (v->exclude_owner || v->exclude_handlers)) || (handles && v->exclude_handlers)) continue;
		ids[kept++] = rows[i].id;
	}
	*ret = ids;
	*ret_n = kept;
	return MH_OK;
}

static enum mh_code record_draw(struct mh_tx *tx, struct mh_matter *m, const struct mh_checkpoint *head, size_t n,
				struct mh_str root, struct mh_err *reterr)
{
	json_t *facts = json_pack("{s:I, s:I, s:s%}", "electors", (json_int_t)n, "size", (json_int_t)head->size, "root",
				  root.ptr, root.len);
	MH_TRY_MEM(facts, reterr);
	struct mh_event ev = {.name = "vote.drawn",
			      .by = MH_STR("ledger"),
			      .org = -1,
			      .from = m->state,
			      .to = m->state,
			      .header = facts};
	return mh_event__append(tx, m, &ev, reterr);
}

static enum mh_code draw(struct mh_tx *tx, struct mh_matter *m, int64_t seq, const struct mh_checkpoint *head,
			 struct mh_err *reterr)
{
	const struct mh_vote *v = vote_of(m);
	int64_t *ids;
	size_t n;
	struct mh_str root = mh_hash_hex(tx->arena, &head->root);
	MH_TRY_MEM(root.ptr, reterr);
	if (!v) n = 0; /* the matter has left the voting state: the round is closed without electors */
	else MH_TRY(candidates(tx, m, v, &ids, &n, reterr));
	n = v ? choose(ids, n, (size_t)v->count, &head->root, m->ref) : 0;
	MH_TRY(record_draw(tx, m, head, n, root, reterr));
	struct mh_q_vote_drawn_in in = {.drawn_seq = m->last_seq,
					.draw_root = root,
					.home_id = tx->city->home_id,
					.matter_id = m->id,
					.seq = seq};
	MH_TRY(mh_q_vote_drawn(tx->db, &in, reterr));
	for (size_t i = 0; i < n; i++) {
		struct mh_q_ballot_add_in b = {
			.home_id = tx->city->home_id, .matter_id = m->id, .seq = seq, .officer_id = ids[i]};
		MH_TRY(mh_q_ballot_add(tx->db, &b, reterr));
	}
	if (v) MH_TRY(mh_clocks__start_span(tx, m, MH_STR(MH_VOTE_CLOCK), v->closes, MH_STR(""), reterr));
	return mh_matter__save(tx, m, reterr);
}

enum mh_code mh_vote__draw_due(struct mh_tx *tx, int most, int *ret_n, struct mh_err *reterr)
{
	struct mh_q_vote_undrawn_row *rows;
	struct mh_checkpoint head;
	struct mh_str note;
	size_t n;
	struct mh_q_vote_undrawn_in in = {.home_id = tx->city->home_id, .limit = most};
	MH_TRY(mh_q_vote_undrawn(tx->db, tx->arena, &in, &rows, &n, reterr));
	*ret_n = 0;
	if (n == 0) return MH_OK;
	int64_t log = mh_ledger_log(tx->city->ledger);
	enum mh_code code = mh_ledger_checkpoint(tx->db, tx->city->home_id, 0, tx->arena, &note, &head, reterr);
	if (code == MH_E_UNAVAILABLE) return MH_OK;
	if (code != MH_OK) return code;
	for (size_t i = 0; i < n; i++) {
		struct mh_matter *m;
		if (mh_seq_log(rows[i].seq) == log && mh_seq_index(rows[i].seq) >= head.size)
			continue; /* not yet under a signed head */
		MH_TRY(mh_matter__load(tx, rows[i].matter_id, &m, reterr));
		MH_TRY(mh_clocks__load(tx, m, reterr));
		MH_TRY(draw(tx, m, rows[i].seq, &head, reterr));
		(*ret_n)++;
	}
	return MH_OK;
}

/* --- counting --- */

struct count {
	size_t electors, cast, favour;
};

static enum mh_code count(struct mh_tx *tx, struct mh_matter *m, const struct mh_vote *v, int64_t seq,
			  struct count *ret, struct mh_err *reterr)
{
	struct mh_q_ballot_of_vote_row *rows;
	struct mh_q_ballot_of_vote_in in = {.home_id = tx->city->home_id, .matter_id = m->id, .seq = seq};
	struct count c = {0};
	MH_TRY(mh_q_ballot_of_vote(tx->db, tx->arena, &in, &rows, &c.electors, reterr));
	for (size_t i = 0; i < c.electors; i++) {
		c.cast += rows[i].choice.len > 0;
		c.favour += mh_str_eq(rows[i].choice, v->choices[0]);
	}
	*ret = c;
	return MH_OK;
}

static int result(const struct mh_vote *v, const struct count *c)
{
	if (c->electors == 0 || c->cast * (size_t)v->quorum.den < c->electors * (size_t)v->quorum.num)
		return v->on_no_quorum;
	size_t have = c->favour * (size_t)v->pass.den, need = c->cast * (size_t)v->pass.num;
	return have > need || (!v->pass_more_than && have == need) ? v->on_pass : v->on_fail;
}

static enum mh_code decide(struct mh_tx *tx, struct mh_matter *m, const struct mh_vote *v, int64_t seq,
			   const struct count *c, struct mh_err *reterr)
{
	int t = result(v, c);
	MH_JSON_AUTO json_t *facts = json_pack("{s:I, s:I, s:I}", "electors", (json_int_t)c->electors, "cast",
					       (json_int_t)c->cast, "favour", (json_int_t)c->favour);
	MH_TRY_MEM(facts, reterr);
	struct mh_q_vote_close_in in = {
		.outcome = m->def->transitions[t].name, .home_id = tx->city->home_id, .matter_id = m->id, .seq = seq};
	MH_TRY(mh_q_vote_close(tx->db, &in, reterr));
	struct mh_mclock *k = mh_clocks__find(m, MH_STR(MH_VOTE_CLOCK));
	if (k) mh_clocks__end(tx, k, "stop");
	struct mh_cause cause = {.by = MH_STR("vote"), .header = facts};
	return mh_engine__take(tx, m, t, &cause, reterr);
}

static enum mh_code open_round(struct mh_tx *tx, struct mh_matter *m, struct mh_q_vote_last_row *ret,
			       struct mh_err *reterr)
{
	bool found = false;
	struct mh_q_vote_last_in in = {.home_id = tx->city->home_id, .matter_id = m->id};
	MH_TRY(mh_q_vote_last(tx->db, tx->arena, &in, &found, ret, reterr));
	if (!found || ret->outcome.len || !vote_of(m))
		return MH_FAIL(reterr, MH_E_CONFLICT, "There is no vote on this matter now");
	if (ret->drawn_seq < 0) {
		enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "The panel of this vote has not been drawn yet");
		mh_err_hint(reterr, "It is drawn from the ledger's next signed head, within seconds.");
		return code;
	}
	return MH_OK;
}

enum mh_code mh_vote__close(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	struct mh_q_vote_last_row round;
	struct count c;
	MH_TRY(open_round(tx, m, &round, reterr));
	const struct mh_vote *v = vote_of(m);
	MH_TRY(count(tx, m, v, round.seq, &c, reterr));
	return decide(tx, m, v, round.seq, &c, reterr);
}

static enum mh_code cast(struct mh_tx *tx, struct mh_matter *m, const struct mh_vote *v, int64_t seq,
			 const struct mh_party *by, struct mh_str choice, struct mh_err *reterr)
{
	bool known = false;
	int64_t n;
	for (size_t i = 0; i < v->n_choices; i++) known = known || mh_str_eq(v->choices[i], choice);
	if (!known)
		return MH_FAIL(reterr, MH_E_INVALID, "\"" MH_STR_FMT "\" is not a choice of this vote",
			       MH_STR_ARG(choice));
	struct mh_q_ballot_cast_in in = {.choice = choice,
					 .home_id = tx->city->home_id,
					 .matter_id = m->id,
					 .seq = seq,
					 .officer_id = mh_org_id(by->officer)};
	MH_TRY(mh_q_ballot_cast(tx->db, &in, &n, reterr));
	if (n != 1)
		return MH_FAIL(reterr, MH_E_FORBIDDEN, "You are not an elector of this vote, or have voted already");
	json_t *payload = json_pack("{s:s%, s:s%}", "officer", by->officer.ptr, by->officer.len, "choice", choice.ptr,
				    choice.len);
	MH_TRY_MEM(payload, reterr);
	struct mh_event ev = {.name = "vote.cast",
			      .by = m->def->roles[v->role].name,
			      .org = by->org,
			      .from = m->state,
			      .to = m->state,
			      .payload = payload};
	return mh_event__append(tx, m, &ev, reterr);
}

enum mh_code mh_matter_ballot(struct mh_tx *tx, int64_t matter_id, struct mh_party by, struct mh_str choice,
			      struct mh_outcome *ret, struct mh_err *reterr)
{
	struct mh_matter *m;
	struct mh_q_vote_last_row round;
	struct count c;
	MH_TRY(mh_matter__load(tx, matter_id, &m, reterr));
	MH_TRY(mh_clocks__load(tx, m, reterr));
	MH_TRY(open_round(tx, m, &round, reterr));
	const struct mh_vote *v = vote_of(m);
	MH_TRY(cast(tx, m, v, round.seq, &by, choice, reterr));
	MH_TRY(mh_matter__save(tx, m, reterr));
	MH_TRY(count(tx, m, v, round.seq, &c, reterr));
	if (c.cast == c.electors) MH_TRY(decide(tx, m, v, round.seq, &c, reterr));
	return mh_engine__outcome(tx, m, ret, reterr);
}
