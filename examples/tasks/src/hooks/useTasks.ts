import { useCallback, useEffect, useState } from 'react';
import { supabase, type Task, type TaskStatus } from '../lib/supabase';

const COLUMNS = `
  id, title, status, due_on, labels,
  assignee:profiles!tasks_assignee_id_fkey ( id, display_name ),
  comments ( id, body, created_at, author:profiles ( id, display_name ) )
`;

export function useTasks(projectId: string, changed: () => Promise<void>) {
  const [tasks, setTasks] = useState<Task[]>([]);
  const [error, setError] = useState<string | null>(null);

  const reload = useCallback(async () => {
    const { data, error: failed } = await supabase
      .from('tasks')
      .select(COLUMNS)
      .eq('project_id', projectId)
      .order('due_on', { ascending: true, nullsFirst: false })
      .order('created_at', { referencedTable: 'comments', ascending: true })
      .returns<Task[]>();
    setError(failed?.message ?? null);
    setTasks(data ?? []);
  }, [projectId]);

  useEffect(() => {
    void reload();
  }, [reload]);

  const after = async (failed: { message: string } | null) => {
    if (failed) {
      setError(failed.message);
      return failed.message;
    }
    await reload();
    await changed();
    return null;
  };

  const add = async (title: string, dueOn: string, label: string) => {
    if (!title.trim()) return 'A task needs a title.';
    const { error: failed } = await supabase.from('tasks').insert({
      project_id: projectId,
      title,
      due_on: dueOn || null,
      labels: label ? [label] : [],
    });
    return after(failed);
  };

  const move = async (id: string, status: TaskStatus) =>
    after((await supabase.from('tasks').update({ status }).eq('id', id)).error);

  const assign = async (id: string, assignee: string) =>
    after((await supabase.from('tasks').update({ assignee_id: assignee || null }).eq('id', id)).error);

  const remove = async (id: string) => after((await supabase.from('tasks').delete().eq('id', id)).error);

  const comment = async (taskId: string, body: string) => {
    if (!body.trim()) return 'A comment needs some words.';
    return after((await supabase.from('comments').insert({ task_id: taskId, body })).error);
  };

  return { tasks, error, add, move, assign, remove, comment };
}
