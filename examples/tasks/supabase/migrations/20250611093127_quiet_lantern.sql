/*
  # Projects, members, tasks and comments

  1. New Tables
    - `projects`
      - `id` (uuid, primary key)
      - `name` (text)
      - `owner_id` (uuid, references profiles)
    - `members`
      - `project_id` and `user_id` (composite primary key)
      - `role` (text, owner or member)
    - `tasks`
      - `id` (uuid, primary key)
      - `project_id` (uuid, references projects)
      - `title` (text)
      - `status` (enum task_status)
      - `assignee_id` (uuid, references profiles, optional)
      - `due_on` (date)
    - `comments`
      - `id` (uuid, primary key)
      - `task_id` (uuid, references tasks)
      - `author_id` (uuid, references profiles)
      - `body` (text)

  2. Security
    - Enable RLS on all four tables
    - `is_member()` decides everywhere; it is SECURITY DEFINER, because a policy on `members`
      that reads `members` would call itself

  3. Functions
    - `add_owner()` makes whoever creates a project its first member
*/

DO $$ BEGIN
  CREATE TYPE task_status AS ENUM ('todo', 'doing', 'done');
EXCEPTION
  WHEN duplicate_object THEN null;
END $$;

CREATE TABLE IF NOT EXISTS projects (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (length(trim(name)) > 0),
  owner_id uuid NOT NULL DEFAULT auth.uid() REFERENCES profiles(id) ON DELETE CASCADE,
  created_at timestamptz DEFAULT now()
);

CREATE TABLE IF NOT EXISTS members (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES profiles(id) ON DELETE CASCADE,
  role text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'member')),
  joined_at timestamptz DEFAULT now(),
  PRIMARY KEY (project_id, user_id)
);

CREATE TABLE IF NOT EXISTS tasks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  title text NOT NULL CHECK (length(trim(title)) > 0),
  status task_status NOT NULL DEFAULT 'todo',
  assignee_id uuid REFERENCES profiles(id) ON DELETE SET NULL,
  due_on date,
  labels text[] NOT NULL DEFAULT '{}',
  created_at timestamptz DEFAULT now()
);

CREATE TABLE IF NOT EXISTS comments (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  task_id uuid NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
  author_id uuid NOT NULL DEFAULT auth.uid() REFERENCES profiles(id) ON DELETE CASCADE,
  body text NOT NULL CHECK (length(trim(body)) > 0),
  created_at timestamptz DEFAULT now()
);

CREATE INDEX IF NOT EXISTS idx_tasks_project ON tasks(project_id);
CREATE INDEX IF NOT EXISTS idx_comments_task ON comments(task_id);

CREATE OR REPLACE FUNCTION is_member(project uuid)
RETURNS boolean
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT EXISTS (
    SELECT 1 FROM members WHERE project_id = project AND user_id = auth.uid()
  );
$$;

CREATE OR REPLACE FUNCTION add_owner()
RETURNS TRIGGER
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
BEGIN
  INSERT INTO members (project_id, user_id, role) VALUES (NEW.id, NEW.owner_id, 'owner');
  RETURN NEW;
END;
$$;

CREATE TRIGGER projects_add_owner
  AFTER INSERT ON projects
  FOR EACH ROW EXECUTE FUNCTION add_owner();

ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE members ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
ALTER TABLE comments ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Members can read their projects"
  ON projects FOR SELECT TO authenticated
  USING (owner_id = auth.uid() OR is_member(id));

CREATE POLICY "Signed-in people can create projects"
  ON projects FOR INSERT TO authenticated
  WITH CHECK (owner_id = auth.uid());

CREATE POLICY "Owners can change their projects"
  ON projects FOR UPDATE TO authenticated
  USING (owner_id = auth.uid());

CREATE POLICY "Owners can delete their projects"
  ON projects FOR DELETE TO authenticated
  USING (owner_id = auth.uid());

CREATE POLICY "Members can see each other"
  ON members FOR SELECT TO authenticated
  USING (is_member(project_id));

CREATE POLICY "Members can read tasks"
  ON tasks FOR SELECT TO authenticated
  USING (is_member(project_id));

CREATE POLICY "Members can add tasks"
  ON tasks FOR INSERT TO authenticated
  WITH CHECK (is_member(project_id));

CREATE POLICY "Members can change tasks"
  ON tasks FOR UPDATE TO authenticated
  USING (is_member(project_id))
  WITH CHECK (is_member(project_id));

CREATE POLICY "Members can delete tasks"
  ON tasks FOR DELETE TO authenticated
  USING (is_member(project_id));

CREATE POLICY "Members can read comments"
  ON comments FOR SELECT TO authenticated
  USING (EXISTS (SELECT 1 FROM tasks t WHERE t.id = task_id AND is_member(t.project_id)));

CREATE POLICY "Members can comment"
  ON comments FOR INSERT TO authenticated
  WITH CHECK (
    author_id = auth.uid()
    AND EXISTS (SELECT 1 FROM tasks t WHERE t.id = task_id AND is_member(t.project_id))
  );
