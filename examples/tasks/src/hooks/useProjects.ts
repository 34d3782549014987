import { useCallback, useEffect, useState } from 'react';
import { supabase, type Project, type Summary } from '../lib/supabase';

const COLUMNS = `
  id, name,
  owner:profiles!projects_owner_id_fkey ( id, display_name ),
  members ( role, profiles ( id, display_name ) )
`;

export function useProjects() {
  const [projects, setProjects] = useState<Project[]>([]);
  const [summaries, setSummaries] = useState<Summary[]>([]);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<string | null>(null);

  const reload = useCallback(async () => {
    const [list, counts] = await Promise.all([
      supabase.from('projects').select(COLUMNS).order('name').returns<Project[]>(),
      supabase.rpc('project_summary'),
    ]);
    setError(list.error?.message ?? counts.error?.message ?? null);
    setProjects(list.data ?? []);
    setSummaries((counts.data as Summary[] | null) ?? []);
    setLoading(false);
  }, []);

  useEffect(() => {
    void reload();
  }, [reload]);

  const create = async (name: string) => {
    if (!name.trim()) return 'A project needs a name.';
    const { error: failed } = await supabase.from('projects').insert({ name }).select('id').single();
    if (!failed) await reload();
    return failed?.message ?? null;
  };

  const invite = async (project: string, email: string) => {
    const { error: failed } = await supabase.rpc('add_member', { project, member_email: email });
    if (!failed) await reload();
    return failed ? [failed.message, failed.hint].filter(Boolean).join('. ') : null;
  };

  return { projects, summaries, loading, error, reload, create, invite };
}
