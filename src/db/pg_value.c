/* Values in PostgreSQL's binary formats. Source of each: the send functions of its types (int8send, numeric_send). */
#include "db/pg_priv.h"

#include <endian.h>
#include <string.h>

/* From pg_type.dat; they never change. */
enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_NAME = 19,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_UNKNOWN = 705,
	OID_VARCHAR = 1043,
	OID_NUMERIC = 1700
};

unsigned mh_db__pg_oid(enum mh_db_type type)
{
	return type == MH_DB_INT ? OID_INT8 : type == MH_DB_TEXT ? OID_TEXT : OID_BYTEA;
}

static uint16_t be16(const unsigned char *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* What sum(bigint) gives: digits of base 10,000, the first worth 10,000^weight. Only whole numbers that fit are ours. */
static bool numeric(const unsigned char *p, size_t len, int64_t *ret)
{
	if (len < 8) return false;
	int digits = be16(p), weight = (int16_t)be16(p + 2), sign = be16(p + 4);
	if (len < 8 + 2 * (size_t)digits || (sign != 0 && sign != 0x4000)) return false;
	if (digits > weight + 1 || weight > 4) return false;
	int64_t v = 0;
	for (int i = 0; i <= weight; i++) {
		int d = i < digits ? be16(p + 8 + 2 * i) : 0;
		if (__builtin_mul_overflow(v, 10000, &v) || __builtin_sub_overflow(v, d, &v)) return false;
	}
	/* Gathered as a negative number, whose range is the wider one. */
	if (sign == 0 && v == INT64_MIN) return false;
	*ret = sign ? v : -v;
	return true;
}

static bool integer(unsigned oid, const unsigned char *p, size_t len, int64_t *ret)
{
	uint64_t wide;
	uint32_t half;
	switch (oid) {
	case OID_INT8:
		if (len != 8) return false;
		memcpy(&wide, p, 8);
		*ret = (int64_t)be64toh(wide);
		return true;
	case OID_INT4:
		if (len != 4) return false;
		memcpy(&half, p, 4);
		*ret = (int32_t)be32toh(half);
		return true;
	case OID_INT2:
		if (len != 2) return false;
		*ret = (int16_t)be16(p);
		return true;
	case OID_BOOL:
		if (len != 1) return false;
		*ret = p[0];
		return true;
	case OID_NUMERIC: return numeric(p, len, ret);
	default: return false;
	}
}

static bool bytes_fit(unsigned oid, enum mh_db_type type)
{
	if (type == MH_DB_BLOB) return oid == OID_BYTEA;
	return oid == OID_TEXT || oid == OID_VARCHAR || oid == OID_NAME || oid == OID_UNKNOWN;
}

static enum mh_code value(const PGresult *res, int row, int i, const struct mh_db_field *f, struct mh_db__value *v,
			  struct mh_err *reterr)
{
	*v = (struct mh_db__value){.null = PQgetisnull(res, row, i)};
	if (v->null) return MH_OK;
	v->b = (struct mh_bytes){(const unsigned char *)PQgetvalue(res, row, i), (size_t)PQgetlength(res, row, i)};
	unsigned oid = PQftype(res, i);
	if (f->type == MH_DB_INT ? integer(oid, v->b.ptr, v->b.len, &v->i) : bytes_fit(oid, f->type)) return MH_OK;
	MH_FAIL(reterr, MH_E_CORRUPT, "The store holds a value that the program cannot read");
	mh_err_internal(reterr, "result %s is of PostgreSQL's type %u", f->name, oid);
	return MH_E_CORRUPT;
}

enum mh_code mh_db__pg_rows(const PGresult *res, struct mh_db__sink *sink, struct mh_err *reterr)
{
	struct mh_db__value cols[MH_DB__COLS_MAX];
	if ((size_t)PQnfields(res) != sink->stmt->n_cols)
		return MH_FAIL(reterr, MH_E_INTERNAL, "Statement %s gives %d results", sink->stmt->name,
			       PQnfields(res));
	for (int row = 0; row < PQntuples(res); row++) {
		for (size_t i = 0; i < sink->stmt->n_cols; i++)
			MH_TRY(value(res, row, (int)i, &sink->stmt->cols[i], &cols[i], reterr));
		MH_TRY(mh_db__sink_row(sink, cols, reterr));
	}
	return MH_OK;
}
