import { createClient } from '@supabase/supabase-js';

const supabaseUrl = import.meta.env.VITE_SUPABASE_URL;
const supabaseAnonKey = import.meta.env.VITE_SUPABASE_ANON_KEY;

if (!supabaseUrl || !supabaseAnonKey) {
  throw new Error('Missing Supabase environment variables');
}

export const supabase = createClient(supabaseUrl, supabaseAnonKey);

export type TaskStatus = 'todo' | 'doing' | 'done';

export interface Person {
  id: string;
  display_name: string;
}

export interface Project {
  id: string;
  name: string;
  owner: Person;
  members: { role: 'owner' | 'member'; profiles: Person }[];
}

export interface Task {
  id: string;
  title: string;
  status: TaskStatus;
  due_on: string | null;
  labels: string[];
  assignee: Person | null;
  comments: { id: string; body: string; created_at: string; author: Person }[];
}

export interface Summary {
  project_id: string;
  todo: number;
  doing: number;
  done: number;
}
