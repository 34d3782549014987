import { useState, type FormEvent } from 'react';
import { useProjects } from '../hooks/useProjects';
import Board from './Board';

export default function Projects() {
  const { projects, summaries, loading, error, reload, create, invite } = useProjects();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const failed = await create(name);
    setProblem(failed);
    if (failed) return;
    setName('');
    setOpen(false);
  };

  const project = projects.find((p) => p.id === chosen);
  if (project) {
    return <Board project={project} invite={invite} changed={reload} onBack={() => setChosen(null)} />;
  }

  return (
    <section>
      <div className="head">
        <h1>Projects</h1>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          New project
        </button>
      </div>
      {open && (
        <form className="card" onSubmit={submit} aria-label="New project">
          <label>
            Project name
            <input value={name} onChange={(e) => setName(e.target.value)} />
          </label>
          {problem && (
            <p role="alert" className="problem">
              {problem}
            </p>
          )}
          <button type="submit">Save project</button>
        </form>
      )}
      {error && (
        <p role="alert" className="problem">
          {error}
        </p>
      )}
      <ul className="cards" aria-label="Projects">
        {projects.map((p) => {
          const counts = summaries.find((s) => s.project_id === p.id);
          return (
            <li key={p.id}>
              <button type="button" className="link" onClick={() => setChosen(p.id)}>
                {p.name}
              </button>
              <span>{p.members.map((m) => m.profiles.display_name).join(', ')}</span>
              <small>
                {counts?.todo ?? 0} to do, {counts?.doing ?? 0} doing, {counts?.done ?? 0} done
              </small>
            </li>
          );
        })}
      </ul>
      {!loading && projects.length === 0 && <p>No projects yet.</p>}
    </section>
  );
}
