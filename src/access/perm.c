#include "access/perm.h"

static const char *const names[MH_PERM_MAX] = {
	[MH_PERM_UNSET] = "unset",       [MH_PERM_PUBLIC] = "public",     [MH_PERM_HOLDER] = "holder",
	[MH_PERM_STAFF] = "staff",       [MH_PERM_DISPATCH] = "dispatch", [MH_PERM_HANDLE] = "handle",
	[MH_PERM_LEAD] = "lead",         [MH_PERM_ASSESS] = "assess",     [MH_PERM_AUDIT] = "audit",
	[MH_PERM_PERSONAL] = "personal", [MH_PERM_ADMIN] = "admin",
};

const char *mh_perm_name(enum mh_perm perm)
{
	return names[(unsigned)perm < MH_PERM_MAX ? perm : MH_PERM_UNSET];
}

#define BIT(p) (1u << MH_PERM_##p)
/* In the order in which a person with several acts when none is chosen. */
static const struct {
	const char *role;
	unsigned perms; /* beside public, holder and staff, which every role has */
	const char *zh, *en;
} roles[] = {
	{"admin", BIT(DISPATCH) | BIT(HANDLE) | BIT(LEAD) | BIT(ASSESS) | BIT(AUDIT) | BIT(ADMIN), "管理员",
	 "Administrator"},
	{"leader", BIT(HANDLE) | BIT(LEAD) | BIT(PERSONAL), "领导", "Leader"},
	{"reviewer", BIT(HANDLE) | BIT(LEAD) | BIT(PERSONAL), "审核人", "Reviewer"},
	{"dispatcher", BIT(DISPATCH) | BIT(PERSONAL), "派单员", "Dispatcher"},
	{"operator", BIT(DISPATCH) | BIT(PERSONAL), "受理员", "Operator"},
	{"supervisor", BIT(PERSONAL), "督办员", "Supervisor"},
	{"inspector", BIT(PERSONAL), "巡查督查员", "Inspector"},
	{"caller", BIT(PERSONAL), "回访员", "Call-back officer"},
	{"handler", BIT(HANDLE), "承办人", "Handler"},
	{"officer", BIT(HANDLE) | BIT(PERSONAL), "网格员", "Visiting officer"},
	{"assessor", BIT(ASSESS), "考核员", "Assessor"},
	{"auditor", BIT(AUDIT) | BIT(PERSONAL), "审计员", "Auditor"},
};

const char *mh_perm_role(size_t i, const char **ret_zh, const char **ret_en)
{
	if (i >= sizeof roles / sizeof *roles) return NULL;
	*ret_zh = roles[i].zh;
	*ret_en = roles[i].en;
	return roles[i].role;
}

size_t mh_perm_role_rank(struct mh_str role)
{
	size_t i = 0;
	while (i < sizeof roles / sizeof *roles && !mh_str_is(role, roles[i].role)) i++;
	return i;
}

bool mh_perm_role_has(struct mh_str role, enum mh_perm perm)
{
	if (perm == MH_PERM_PUBLIC) return true;
	if (role.len == 0 || perm <= MH_PERM_UNSET || perm >= MH_PERM_MAX) return false;
	if (perm <= MH_PERM_STAFF) return true;
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (mh_str_is(role, roles[i].role)) return roles[i].perms >> perm & 1;
	return false;
}
