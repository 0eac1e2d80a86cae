/* Open311: one request as it is shown. What a person wrote goes only to the partner that sent it; everybody else gets the category,
 * the township, who has it and how it stands. */
#include "base/csv.h"
#include "web/open311_priv.h"

/* --- one matter --- */

struct mh_str mh_o311__status(const struct mh_o311_call *call, const struct mh_def *d, int state)
{
	const struct mh_state *s = &d->states[state];
	if (s->category == MH_CAT_DONE) return call->o->status[MH_O311_DONE];
	if (s->category == MH_CAT_VOID) return call->o->status[MH_O311_VOID];
	return call->o->status[s->room];
}

static enum mh_code is_mine(const struct mh_o311_call *call, struct mh_tx *tx, int64_t id, bool *ret,
			    struct mh_err *reterr)
{
	struct mh_q_open311_client_row row;
	bool found = false;
	struct mh_q_open311_client_in in = {.home_id = tx->city->home_id, .matter_id = id};
	*ret = false;
	if (!call->client.len) return MH_OK;
	MH_TRY(mh_q_open311_client(tx->db, tx->arena, &in, &found, &row, reterr));
	*ret = found && mh_str_eq(row.client, call->client);
	return MH_OK;
}

enum mh_code mh_o311__row(const struct mh_o311_call *call, struct mh_tx *tx, const struct mh_q_open311_row_row *r,
			  bool *ret_shown, struct mh_o311_row *ret, struct mh_err *reterr)
{
	struct mh_o311_row row = {.id = r->id,
				  .owner_id = r->owner_id,
				  .place_id = r->place_id,
				  .number = r->number,
				  .ref = r->ref,
				  .class_code = r->class_code,
				  .channel = r->channel,
				  .def = mh_city_def(tx->city, r->kind, r->version),
				  .service = mh_o311_service_of(call->o, r->kind, r->class_code),
				  .created = r->created,
				  .updated = r->updated};
	row.state = row.def ? mh_def_state(row.def, r->state) : -1;
	*ret_shown = row.service && row.state >= 0;
	if (!*ret_shown) return MH_OK;
	row.open = !mh_def_is_over(row.def, row.state);
	MH_TRY(is_mine(call, tx, row.id, &row.mine, reterr));
	*ret_shown = row.mine || !row.service->hidden;
	*ret = row;
	return MH_OK;
}

enum mh_code mh_o311__row_by_id(const struct mh_o311_call *call, struct mh_tx *tx, int64_t id, bool *ret_shown,
				struct mh_o311_row *ret, struct mh_err *reterr)
{
	struct mh_q_open311_row_row row;
	struct mh_q_open311_row_in in = {.home_id = tx->city->home_id, .id = id};
	*ret_shown = false;
	MH_TRY(mh_q_open311_row(tx->db, tx->arena, &in, ret_shown, &row, reterr));
	return *ret_shown ? mh_o311__row(call, tx, &row, ret_shown, ret, reterr) : MH_OK;
}

enum mh_code mh_o311__row_by_number(const struct mh_o311_call *call, struct mh_tx *tx, struct mh_str number,
				    struct mh_o311_row *ret, struct mh_err *reterr)
{
	int64_t id;
	bool shown = false;
	enum mh_code code = mh_matter_find(tx, number, &id, NULL);
	if (code == MH_OK) code = mh_o311__row_by_id(call, tx, id, &shown, ret, reterr);
	if (code != MH_OK && code != MH_E_NOT_FOUND) return MH_FAIL(reterr, code, "Could not look for the request");
	return shown ? MH_OK : MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no request with this service_request_id");
}

static void add_line(struct mh_buf *b, const json_t *v)
{
	if (!json_is_string(v) || !json_string_length(v)) return;
	if (b->len) mh_buf_ch(b, '\n');
	mh_buf_add(b, json_string_value(v), json_string_length(v));
}

/* Public texts among the values, one under the other, in the order of the definition. */
static struct mh_str public_texts(struct mh_arena *a, const struct mh_def *d, const json_t *values)
{
	struct mh_buf b = MH_BUF((size_t)64 << 10);
	for (size_t i = 0; i < d->n_fields; i++) {
		const struct mh_field *f = &d->fields[i];
		struct mh_str name = mh_str_dup(a, f->name);
		if (f->type == MH_F_TEXT && f->is_public && !f->personal && name.ptr)
			add_line(&b, json_object_get(values, name.ptr));
	}
	struct mh_str text = mh_str_dup(a, mh_buf_str(&b));
	mh_buf_done(&b);
	return text;
}

struct mh_str mh_o311__published(struct mh_arena *a, const struct mh_def *d, struct mh_str body)
{
	MH_JSON_AUTO json_t *values = NULL;
	if (mh_json_parse(body, &values, NULL) != MH_OK) return MH_STR("");
	return public_texts(a, d, values);
}

/* What everybody may read: what a person decided to publish. The partner that sent it also gets what was delivered. */
static enum mh_code status_notes(struct mh_tx *tx, const struct mh_o311_row *row, const json_t *view,
				 struct mh_str *ret, struct mh_err *reterr)
{
	struct mh_q_open311_published_row p;
	bool found = false;
	enum mh_room room = row->def->states[row->state].room;
	bool delivered = room == MH_ROOM_RATE || room == MH_ROOM_APPLY || !row->open;
	struct mh_q_open311_published_in in = {.home_id = tx->city->home_id, .matter_id = row->id};
	if (row->mine && delivered) {
		*ret = public_texts(tx->arena, row->def, json_object_get(view, "fields"));
		return MH_OK;
	}
	MH_TRY(mh_q_open311_published(tx->db, tx->arena, &in, &found, &p, reterr));
	*ret = found ? mh_o311__published(tx->arena, row->def, p.body) : MH_STR("");
	return MH_OK;
}

/* The latest promise that still runs, once a unit has it: before that nobody has promised more than to look at it. */
static enum mh_code expected(struct mh_tx *tx, const struct mh_o311_row *row, struct mh_str *ret, struct mh_err *reterr)
{
	struct mh_q_open311_due_row due;
	struct mh_q_open311_due_in in = {.home_id = tx->city->home_id, .matter_id = row->id};
	*ret = MH_STR("");
	if (!row->open || !row->owner_id) return MH_OK;
	MH_TRY(mh_q_open311_due(tx->db, tx->arena, &in, &due, reterr));
	if (due.due > 0 && due.due < MH_TIME_MAX) *ret = mh_time_text(tx->arena, due.due, tx->city->zone_min);
	return MH_OK;
}

static struct mh_str org_name(const struct mh_o311_call *call, const struct mh_orgs *orgs, int org)
{
	if (org < 0) return MH_STR("");
	return call->en ? orgs->list[org].en : orgs->list[org].zh;
}

struct where {
	struct mh_str address, id, lat, lng;
};

/* To the partner that sent it as it came; to others no nearer than the township. */
static void where_is(const struct mh_o311_call *call, struct mh_tx *tx, const struct mh_o311_row *row,
		     const json_t *place, struct where *w)
{
	const struct mh_orgs *orgs = &tx->city->orgs;
	int org = row->place_id ? mh_org_by_id(orgs, row->place_id) : -1;
	if (org >= 0 && !row->mine)
		org = mh_org_at_level(orgs, org, orgs->list[org].level < 2 ? 2 : orgs->list[org].level);
	*w = (struct where){.address = org_name(call, orgs, org), .id = org < 0 ? MH_STR("") : orgs->list[org].code};
	if (!row->mine || !json_is_object(place)) return;
	struct mh_str words = mh_json_get_str(place, "address");
	if (words.len) w->address = words;
	if (json_object_get(place, "lat_e6") && json_object_get(place, "lng_e6")) {
		w->lat = mh_o311_degrees_text(tx->arena, mh_json_get_int(place, "lat_e6", 0));
		w->lng = mh_o311_degrees_text(tx->arena, mh_json_get_int(place, "lng_e6", 0));
	}
}

static const json_t *own_value(struct mh_tx *tx, const json_t *view, struct mh_str field)
{
	struct mh_str name = mh_str_dup(tx->arena, field);
	return name.ptr && field.len ? json_object_get(json_object_get(view, "fields"), name.ptr) : NULL;
}

/* Everything that the formats show of one request. */
struct shown {
	struct mh_str status_notes, service_name, description, agency, requested, updated, expected;
	struct where where;
	json_t *view; /* owned; mine only */
};

static enum mh_code show(const struct mh_o311_call *call, struct mh_tx *tx, const struct mh_o311_row *row,
			 struct shown *s, struct mh_err *reterr)
{
	const struct mh_class *leaf = mh_city_class(tx->city, row->class_code);
	const struct mh_o311_kind *k = row->service->kind;
	int zone = tx->city->zone_min;
	if (row->mine) MH_TRY(mh_matter_follow(tx, row->id, &s->view, reterr));
	s->service_name = mh_o311__class(call, row->service->cls);
	s->description = leaf ? mh_o311__class(call, leaf) : s->service_name;
	const json_t *own = row->mine ? own_value(tx, s->view, k->description) : NULL;
	if (json_is_string(own)) s->description = mh_str_dup(tx->arena, mh_str_c(json_string_value(own)));
	s->agency = org_name(call, &tx->city->orgs, row->owner_id ? mh_org_by_id(&tx->city->orgs, row->owner_id) : -1);
	s->requested = mh_time_text(tx->arena, row->created, zone);
	s->updated = mh_time_text(tx->arena, row->updated, zone);
	where_is(call, tx, row, row->mine ? own_value(tx, s->view, k->place) : NULL, &s->where);
	MH_TRY(expected(tx, row, &s->expected, reterr));
	return status_notes(tx, row, s->view, &s->status_notes, reterr);
}

static void write_request(const struct mh_o311_row *row, const struct shown *s, struct mh_o311_doc *d)
{
	struct mh_o311_node *n = mh_o311_object(d, d->root, "request");
	mh_o311_text(d, n, "service_request_id", row->number);
	mh_o311_text(d, n, "status", row->open ? MH_STR("open") : MH_STR("closed"));
	mh_o311_text(d, n, "status_notes", s->status_notes);
	mh_o311_text(d, n, "service_name", s->service_name);
	mh_o311_text(d, n, "service_code", row->service->code);
	mh_o311_text(d, n, "description", s->description);
	mh_o311_text(d, n, "agency_responsible", s->agency);
	mh_o311_text(d, n, "service_notice", MH_STR(""));
	mh_o311_text(d, n, "requested_datetime", s->requested);
	mh_o311_text(d, n, "updated_datetime", s->updated);
	mh_o311_text(d, n, "expected_datetime", s->expected);
	mh_o311_text(d, n, "address", s->where.address);
	mh_o311_text(d, n, "address_id", s->where.id);
	mh_o311_text(d, n, "zipcode", MH_STR(""));
	mh_o311_plain(d, n, "lat", s->where.lat);
	mh_o311_plain(d, n, "long", s->where.lng);
	mh_o311_text(d, n, "media_url", MH_STR(""));
}

/* GeoReport Bulk: one table, for open data. */
static void write_csv(const struct mh_o311_call *call, const struct mh_o311_row *row, const struct shown *s,
		      struct mh_csv_writer *w)
{
	const struct mh_state *state = &row->def->states[row->state];
	const struct mh_class *leaf = mh_city_class(call->o->city, row->class_code);
	const struct mh_str cells[] = {row->number,
				       s->requested,
				       s->updated,
				       row->open ? MH_STR("") : s->updated,
				       mh_o311__label(call, &state->label),
				       s->status_notes,
				       row->channel,
				       s->service_name,
				       leaf ? mh_o311__class(call, leaf) : MH_STR(""),
				       s->description,
				       s->agency,
				       s->where.address,
				       s->where.lat,
				       s->where.lng};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) mh_csv_put(w, cells[i]);
	mh_csv_put_end(w);
}

enum mh_code mh_o311__show(const struct mh_o311_call *call, struct mh_tx *tx, const struct mh_o311_row *row,
			   struct mh_o311_doc *doc, struct mh_csv_writer *table, struct mh_err *reterr)
{
	struct shown s = {0};
	enum mh_code code = show(call, tx, row, &s, reterr);
	if (code == MH_OK && call->format == MH_O311_CSV) write_csv(call, row, &s, table);
	else if (code == MH_OK) write_request(row, &s, doc);
	json_decref(s.view);
	return code;
}
