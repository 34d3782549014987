-- The data of a hosted project's schema auth, as a dump of data alone has it. The password of
-- alice is U*U, bob's user1password, carol's password: published examples of their hashes.

SET session_replication_role = replica;
SET client_encoding = 'UTF8';

COPY "auth"."users" ("instance_id", "id", "aud", "role", "email", "encrypted_password", "email_confirmed_at", "invited_at", "confirmation_token", "confirmation_sent_at", "recovery_token", "recovery_sent_at", "email_change_token_new", "email_change", "email_change_sent_at", "last_sign_in_at", "raw_app_meta_data", "raw_user_meta_data", "is_super_admin", "created_at", "updated_at", "phone", "phone_confirmed_at", "phone_change", "phone_change_token", "phone_change_sent_at", "email_change_token_current", "email_change_confirm_status", "banned_until", "reauthentication_token", "reauthentication_sent_at", "is_sso_user", "deleted_at", "is_anonymous") FROM stdin;
00000000-0000-0000-0000-000000000000	10000000-0000-4000-8000-000000000001	authenticated	authenticated	alice@example.com	$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW	2025-03-01 10:00:00.123456+00	\N		\N		\N			\N	2025-03-01 10:00:00.123456+00	{"provider": "email", "providers": ["email"]}	{"name": "Alice", "note": "tab\\there"}	\N	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	\N	\N			\N		0	\N		\N	f	\N	f
00000000-0000-0000-0000-000000000000	10000000-0000-4000-8000-000000000002	authenticated	authenticated	bob@example.com	$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==	2025-03-01 10:00:00.123456+00	\N		\N		\N			\N	\N	{"provider": "email", "providers": ["email"]}	{}	\N	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	491510000001	2025-03-01 10:00:00.123456+00			\N		0	\N		\N	f	\N	f
00000000-0000-0000-0000-000000000000	10000000-0000-4000-8000-000000000003	authenticated	authenticated	carol@example.com	$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc	2025-03-01 10:00:00.123456+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	f	\N	f
00000000-0000-0000-0000-000000000000	10000000-0000-4000-8000-000000000004	authenticated	authenticated	\N	\N	\N	\N		\N		\N			\N	\N	{}	{}	\N	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	\N	\N			\N		0	\N		\N	f	\N	t
00000000-0000-0000-0000-000000000000	10000000-0000-4000-8000-000000000005	authenticated	authenticated	alice@example.com	\N	2025-03-01 10:00:00.123456+00	\N		\N		\N			\N	\N	{"provider": "sso:x", "providers": ["sso:x"]}	{}	\N	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	\N	\N			\N		0	\N		\N	t	\N	f
00000000-0000-0000-0000-000000000000	10000000-0000-4000-8000-000000000006	authenticated	authenticated	gone@example.com	\N	\N	\N		\N		\N			\N	\N	{"provider": "email", "providers": ["email"]}	{}	\N	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	\N	\N			\N		0	2125-01-01 00:00:00+00		\N	f	2025-03-01 10:00:00.123456+00	f
\.


COPY "auth"."identities" ("provider_id", "user_id", "identity_data", "provider", "last_sign_in_at", "created_at", "updated_at", "id") FROM stdin;
10000000-0000-4000-8000-000000000001	10000000-0000-4000-8000-000000000001	{"sub": "10000000-0000-4000-8000-000000000001", "email": "alice@example.com", "email_verified": true, "phone_verified": false}	email	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	20000000-0000-4000-8000-000000000001
10000000-0000-4000-8000-000000000002	10000000-0000-4000-8000-000000000002	{"sub": "10000000-0000-4000-8000-000000000002", "email": "bob@example.com", "email_verified": true, "phone_verified": false}	email	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	20000000-0000-4000-8000-000000000002
10000000-0000-4000-8000-000000000003	10000000-0000-4000-8000-000000000003	{"sub": "10000000-0000-4000-8000-000000000003", "email": "carol@example.com", "email_verified": true, "phone_verified": false}	email	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	20000000-0000-4000-8000-000000000003
117	10000000-0000-4000-8000-000000000001	{"iss": "https://accounts.google.com", "sub": "117", "email": "alice@example.com"}	google	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	20000000-0000-4000-8000-000000000009
\.


COPY "auth"."sessions" ("id", "user_id", "created_at", "updated_at", "factor_id", "aal", "not_after", "refreshed_at", "user_agent", "ip", "tag", "oauth_client_id", "refresh_token_hmac_key", "refresh_token_counter", "scopes") FROM stdin;
30000000-0000-4000-8000-000000000001	10000000-0000-4000-8000-000000000001	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	\N	aal1	\N	\N	Mozilla/5.0	203.0.113.7	\N	\N	\N	\N	\N
30000000-0000-4000-8000-000000000002	10000000-0000-4000-8000-000000000003	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	\N	aal1	\N	2025-03-01 11:00:00	\N	2001:db8::7	\N	\N	c2VjcmV0	4	\N
\.


COPY "auth"."refresh_tokens" ("instance_id", "id", "token", "user_id", "revoked", "created_at", "updated_at", "parent", "session_id") FROM stdin;
00000000-0000-0000-0000-000000000000	41	abcdefghij12	10000000-0000-4000-8000-000000000001	t	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	\N	30000000-0000-4000-8000-000000000001
00000000-0000-0000-0000-000000000000	42	klmnopqrst34	10000000-0000-4000-8000-000000000001	f	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	abcdefghij12	30000000-0000-4000-8000-000000000001
\.


COPY "auth"."mfa_factors" ("id", "user_id", "friendly_name", "factor_type", "status", "created_at", "updated_at", "secret", "phone", "last_challenged_at", "web_authn_credential", "web_authn_aaguid", "last_webauthn_challenge_data") FROM stdin;
40000000-0000-4000-8000-000000000001	10000000-0000-4000-8000-000000000002	phone app	totp	verified	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	JBSWY3DPEHPK3PXP	\N	2025-03-01 10:00:00.123456+00	\N	\N	\N
40000000-0000-4000-8000-000000000002	10000000-0000-4000-8000-000000000002	key	webauthn	unverified	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	\N	\N	\N	\N	\N	\N
\.


COPY "auth"."mfa_amr_claims" ("session_id", "created_at", "updated_at", "authentication_method", "id") FROM stdin;
30000000-0000-4000-8000-000000000001	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	password	50000000-0000-4000-8000-000000000001
\.


COPY "auth"."one_time_tokens" ("id", "user_id", "token_type", "token_hash", "relates_to", "created_at", "updated_at") FROM stdin;
60000000-0000-4000-8000-000000000001	10000000-0000-4000-8000-000000000004	recovery_token	pkce_0123456789abcdef	x@example.com	2025-03-01 10:00:00	2025-03-01 10:00:00
\.


COPY "auth"."flow_state" ("id", "user_id", "auth_code", "code_challenge_method", "code_challenge", "provider_type", "provider_access_token", "provider_refresh_token", "created_at", "updated_at", "authentication_method", "auth_code_issued_at", "invite_token", "referrer", "oauth_client_state_id", "linking_target_id", "email_optional") FROM stdin;
70000000-0000-4000-8000-000000000001	10000000-0000-4000-8000-000000000001	80000000-0000-4000-8000-000000000001	s256	xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx	email	\N	\N	2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	magiclink	\N	\N	\N	\N	\N	f
70000000-0000-4000-8000-000000000002	\N	\N	\N	\N	google			2025-03-01 10:00:00.123456+00	2025-03-01 10:00:00.123456+00	oauth	\N	\N	https://shop.example.com	\N	\N	t
\.


COPY "auth"."audit_log_entries" ("instance_id", "id", "payload", "created_at", "ip_address") FROM stdin;
00000000-0000-0000-0000-000000000000	90000000-0000-4000-8000-000000000001	{"action":"login","actor_id":"10000000-0000-4000-8000-000000000001","actor_username":"alice@example.com","actor_via_sso":false,"log_type":"account","traits":{"provider":"email"}}	2025-03-01 10:00:00.123456+00	
\.


SELECT pg_catalog.setval('"auth"."refresh_tokens_id_seq"', 42, true);

RESET ALL;
