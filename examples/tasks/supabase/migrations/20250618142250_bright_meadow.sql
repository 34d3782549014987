/*
  # Inviting colleagues and counting work

  1. Functions
    - `add_member(project, member_email)` adds a colleague who has an account; owners only;
      returns the name of the new member
    - `project_summary()` counts the tasks of each visible project by status
*/

CREATE OR REPLACE FUNCTION add_member(project uuid, member_email text)
RETURNS text
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
DECLARE
  person profiles%ROWTYPE;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM projects WHERE id = project AND owner_id = auth.uid()) THEN
    RAISE EXCEPTION 'Only the owner can add members' USING ERRCODE = '42501';
  END IF;

  SELECT * INTO person FROM profiles WHERE email = lower(trim(member_email));
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Nobody has an account with that address' USING HINT = 'Ask them to sign up first';
  END IF;

  INSERT INTO members (project_id, user_id) VALUES (project, person.id)
  ON CONFLICT (project_id, user_id) DO NOTHING;
  RETURN person.display_name;
END;
$$;

CREATE OR REPLACE FUNCTION project_summary()
RETURNS TABLE (project_id uuid, todo bigint, doing bigint, done bigint)
LANGUAGE sql
STABLE
SET search_path = public
AS $$
  SELECT t.project_id,
         count(*) FILTER (WHERE t.status = 'todo'),
         count(*) FILTER (WHERE t.status = 'doing'),
         count(*) FILTER (WHERE t.status = 'done')
    FROM tasks t
   GROUP BY t.project_id;
$$;

REVOKE EXECUTE ON FUNCTION add_member(uuid, text) FROM PUBLIC, anon;
GRANT EXECUTE ON FUNCTION add_member(uuid, text) TO authenticated;
