/* sample-request, version 1: does every matter end, or reach the black board?
 * Written from the definition. Check with tools/test/spin. */

#define S_received 0
#define S_dispatched 1
#define S_merged 2
#define S_working 3
#define S_waiting_citizen 4
#define S_supervised 5
#define S_top_overdue 6
#define S_verifying 7
#define S_rating 8
#define S_learning 9
#define S_look_back 10
#define S_closed 11
#define S_withdrawn 12

byte st;
byte level;
bool black;
byte cnt_merge;
byte cnt_return_wrong;
byte cnt_ask;
byte cnt_ask_help;
byte cnt_extend;
byte cnt_vote_failed;
byte cnt_contest;
byte cnt_draw_look_back;
byte clk_total; /* 0 not begun, 1 runs, 2 paused, 3 stopped or fired */
bool put_off_total;
bool by_main; /* the last step was the main matter's news */

#define over (st == S_closed || st == S_withdrawn)
#define runs_total (clk_total == 1 && (st == S_dispatched || st == S_merged || st == S_working))

active proctype matter()
{
	if /* the level of the unit that is found first */
	:: level = 1
	:: level = 2
	:: level = 3
	:: level = 4
	fi;
	d_step {
		clk_total = (clk_total == 1 -> 2 : clk_total);
		st = S_received
	}
	do
	:: over -> break
	/* received */
	:: d_step { st == S_received ->
		printf("step: received -> dispatched by dispatch\n");
		put_off_total = false;
		by_main = false;
		level = 1;
		clk_total = (clk_total == 0 || clk_total == 2 -> 1 : clk_total);
		st = S_dispatched
	}
	:: d_step { st == S_received ->
		printf("step: received -> dispatched by dispatch\n");
		put_off_total = false;
		by_main = false;
		level = 2;
		clk_total = (clk_total == 0 || clk_total == 2 -> 1 : clk_total);
		st = S_dispatched
	}
	:: d_step { st == S_received ->
		printf("step: received -> dispatched by dispatch\n");
		put_off_total = false;
		by_main = false;
		level = 3;
		clk_total = (clk_total == 0 || clk_total == 2 -> 1 : clk_total);
		st = S_dispatched
	}
	:: d_step { st == S_received ->
		printf("step: received -> dispatched by dispatch\n");
		put_off_total = false;
		by_main = false;
		level = 4;
		clk_total = (clk_total == 0 || clk_total == 2 -> 1 : clk_total);
		st = S_dispatched
	}
	:: d_step { st == S_received ->
		printf("step: received -> dispatched by auto_dispatch\n");
		put_off_total = false;
		by_main = false;
		level = 1;
		clk_total = (clk_total == 0 || clk_total == 2 -> 1 : clk_total);
		st = S_dispatched
	}
	:: d_step { st == S_received ->
		printf("step: received -> dispatched by auto_dispatch\n");
		put_off_total = false;
		by_main = false;
		level = 2;
		clk_total = (clk_total == 0 || clk_total == 2 -> 1 : clk_total);
		st = S_dispatched
	}
	:: d_step { st == S_received ->
		printf("step: received -> dispatched by auto_dispatch\n");
		put_off_total = false;
		by_main = false;
		level = 3;
		clk_total = (clk_total == 0 || clk_total == 2 -> 1 : clk_total);
		st = S_dispatched
	}
	:: d_step { st == S_received ->
		printf("step: received -> dispatched by auto_dispatch\n");
		put_off_total = false;
		by_main = false;
		level = 4;
		clk_total = (clk_total == 0 || clk_total == 2 -> 1 : clk_total);
		st = S_dispatched
	}
	:: d_step { st == S_received && cnt_merge < 2 ->
		printf("step: received -> merged by merge\n");
		put_off_total = false;
		by_main = false;
		cnt_merge++;
		clk_total = (clk_total == 2 -> 1 : clk_total);
		st = S_merged
	}
	:: d_step { st == S_received ->
		printf("step: received -> withdrawn by withdraw\n");
		put_off_total = false;
		by_main = false;
		st = S_withdrawn
	}
	/* dispatched */
	:: d_step { st == S_dispatched && cnt_merge < 2 ->
		printf("step: dispatched -> merged by merge\n");
		put_off_total = false;
		by_main = false;
		cnt_merge++;
		clk_total = (clk_total == 2 -> 1 : clk_total);
		st = S_merged
	}
	:: d_step { st == S_dispatched ->
		printf("step: dispatched -> working by accept\n");
		put_off_total = false;
		by_main = false;
		clk_total = (clk_total == 2 -> 1 : clk_total);
		st = S_working
	}
	:: d_step { st == S_dispatched && cnt_return_wrong < 2 ->
		printf("step: dispatched -> received by return_wrong\n");
		put_off_total = false;
		by_main = false;
		cnt_return_wrong++;
		clk_total = (clk_total == 1 -> 2 : clk_total);
		st = S_received
	}
	:: d_step { st == S_dispatched && (level < 4) && level < 4 ->
		printf("step: dispatched -> dispatched by escalate_accept\n");
		put_off_total = false;
		by_main = false;
		level = (level + 1 > 4 -> 4 : level + 1);
		clk_total = (clk_total == 0 || clk_total == 2 -> 1 : clk_total);
		st = S_dispatched
	}
	:: d_step { st == S_dispatched && (level >= 4) ->
		printf("step: dispatched -> top_overdue by escalate_accept (else)\n");
		put_off_total = false;
		by_main = false;
		black = true;
		clk_total = 3;
		st = S_top_overdue
	}
	:: d_step { st == S_dispatched && clk_total == 1 ->
		printf("step: dispatched -> supervised by overdue\n");
		put_off_total = false;
		by_main = false;
		clk_total = 3;
		level = (level + 1 > 4 -> 4 : level + 1);
		clk_total = 3;
		st = S_supervised
	}
	:: d_step { st == S_dispatched ->
		printf("step: dispatched -> withdrawn by withdraw\n");
		put_off_total = false;
		by_main = false;
		st = S_withdrawn
	}
	:: d_step { st == S_dispatched && !(((level < 4) && level < 4) || ((level >= 4)) || (clk_total == 1)) -> by_main = false; printf("step: dispatched -> dispatched by nobody, for ever\n") }
	/* merged */
	:: d_step { st == S_merged ->
		printf("step: merged -> received by unmerge\n");
		put_off_total = false;
		by_main = false;
		clk_total = (clk_total == 1 -> 2 : clk_total);
		st = S_received
	}
	:: d_step { st == S_merged && clk_total == 1 ->
		printf("step: merged -> supervised by split\n");
		put_off_total = false;
		by_main = false;
		clk_total = 3;
		level = (level + 1 > 4 -> 4 : level + 1);
		clk_total = 3;
		st = S_supervised
	}
	:: d_step { st == S_merged ->
		printf("step: merged -> supervised by split\n");
		put_off_total = false;
		by_main = false;
		level = (level + 1 > 4 -> 4 : level + 1);
		clk_total = 3;
		st = S_supervised
	}
	:: d_step { st == S_merged ->
		printf("step: merged -> rating by main_replied\n");
		put_off_total = false;
		by_main = true;
		clk_total = 3;
		st = S_rating
	}
	:: d_step { st == S_merged ->
		printf("step: merged -> withdrawn by withdraw\n");
		put_off_total = false;
		by_main = false;
		st = S_withdrawn
	}
	/* working */
	:: d_step { st == S_working && cnt_ask < 1 ->
		printf("step: working -> waiting_citizen by ask\n");
		put_off_total = false;
		by_main = false;
		cnt_ask++;
		clk_total = (clk_total == 1 -> 2 : clk_total);
		st = S_waiting_citizen
	}
	:: d_step { st == S_working && cnt_extend < 1 ->
		printf("step: working -> working by extend\n");
		put_off_total = false;
		by_main = false;
		cnt_extend++;
		put_off_total = true;
		skip
	}
	:: d_step { st == S_working && clk_total == 1 ->
		printf("step: working -> supervised by overdue\n");
		put_off_total = false;
		by_main = false;
		clk_total = 3;
		level = (level + 1 > 4 -> 4 : level + 1);
		clk_total = 3;
		st = S_supervised
	}
	:: d_step { st == S_working ->
		printf("step: working -> verifying by reply\n");
		put_off_total = false;
		by_main = false;
		clk_total = 3;
		st = S_verifying
	}
	:: d_step { st == S_working ->
		printf("step: working -> withdrawn by withdraw\n");
		put_off_total = false;
		by_main = false;
		st = S_withdrawn
	}
	:: d_step { st == S_working && !((clk_total == 1)) -> by_main = false; printf("step: working -> working by nobody, for ever\n") }
	/* waiting_citizen */
	:: d_step { st == S_waiting_citizen ->
		printf("step: waiting_citizen -> working by citizen_answers\n");
		put_off_total = false;
		by_main = false;
		clk_total = (clk_total == 2 -> 1 : clk_total);
		st = S_working
	}
	:: d_step { st == S_waiting_citizen ->
		printf("step: waiting_citizen -> working by citizen_silent\n");
		put_off_total = false;
		by_main = false;
		clk_total = (clk_total == 2 -> 1 : clk_total);
		st = S_working
	}
	/* supervised */
	:: d_step { st == S_supervised && (level < 4) && level < 4 ->
		printf("step: supervised -> supervised by escalate_supervised\n");
		put_off_total = false;
		by_main = false;
		level = (level + 1 > 4 -> 4 : level + 1);
		clk_total = 3;
		st = S_supervised
	}
	:: d_step { st == S_supervised && (level >= 4) ->
		printf("step: supervised -> top_overdue by escalate_supervised (else)\n");
		put_off_total = false;
		by_main = false;
		black = true;
		clk_total = 3;
		st = S_top_overdue
	}
	:: d_step { st == S_supervised ->
		printf("step: supervised -> verifying by reply\n");
		put_off_total = false;
		by_main = false;
		clk_total = 3;
		st = S_verifying
	}
	:: d_step { st == S_supervised && !(((level < 4) && level < 4) || ((level >= 4))) -> by_main = false; printf("step: supervised -> supervised by nobody, for ever\n") }
	/* top_overdue */
	:: d_step { st == S_top_overdue ->
		printf("step: top_overdue -> verifying by reply\n");
		put_off_total = false;
		by_main = false;
		clk_total = 3;
		st = S_verifying
	}
	:: d_step { st == S_top_overdue -> by_main = false; printf("step: top_overdue -> top_overdue by nobody, for ever\n") }
	/* verifying */
	:: d_step { st == S_verifying ->
		printf("step: verifying -> rating by vote_passed\n");
		put_off_total = false;
		by_main = false;
		clk_total = 3;
		st = S_rating
	}
	:: d_step { st == S_verifying && cnt_vote_failed < 2 ->
		printf("step: verifying -> supervised by vote_failed\n");
		put_off_total = false;
		by_main = false;
		cnt_vote_failed++;
		clk_total = 3;
		st = S_supervised
	}
	:: d_step { st == S_verifying && !(cnt_vote_failed < 2) ->
		printf("step: verifying -> top_overdue by vote_failed (else)\n");
		put_off_total = false;
		by_main = false;
		black = true;
		clk_total = 3;
		st = S_top_overdue
	}
	/* rating */
	:: d_step { st == S_rating ->
		printf("step: rating -> learning by rate\n");
		put_off_total = false;
		by_main = false;
		st = S_learning
	}
	:: d_step { st == S_rating ->
		printf("step: rating -> learning by rate_silent\n");
		put_off_total = false;
		by_main = false;
		st = S_learning
	}
	:: d_step { st == S_rating && cnt_contest < 1 ->
		printf("step: rating -> working by contest\n");
		put_off_total = false;
		by_main = false;
		cnt_contest++;
		clk_total = 1;
		put_off_total = true;
		level = (level + 1 > 4 -> 4 : level + 1);
		clk_total = (clk_total == 2 -> 1 : clk_total);
		st = S_working
	}
	/* learning */
	:: d_step { st == S_learning ->
		printf("step: learning -> closed by file\n");
		put_off_total = false;
		by_main = false;
		st = S_closed
	}
	:: d_step { st == S_learning ->
		printf("step: learning -> closed by file_silent\n");
		put_off_total = false;
		by_main = false;
		st = S_closed
	}
	/* look_back */
	:: d_step { st == S_look_back ->
		printf("step: look_back -> closed by look_ok\n");
		put_off_total = false;
		by_main = false;
		st = S_closed
	}
	:: d_step { st == S_look_back ->
		printf("step: look_back -> closed by look_missing\n");
		put_off_total = false;
		by_main = false;
		st = S_closed
	}
	od
}

ltl ends { (<> [] !by_main && [] <> (!runs_total || put_off_total)) -> <> (over || black) }
