import { useState, type FormEvent } from 'react';
import { useTasks } from '../hooks/useTasks';
import type { Project, TaskStatus } from '../lib/supabase';
import TaskCard from './TaskCard';

const COLUMNS: { status: TaskStatus; title: string }[] = [
  { status: 'todo', title: 'To do' },
  { status: 'doing', title: 'Doing' },
  { status: 'done', title: 'Done' },
];

interface Props {
  project: Project;
  invite: (project: string, email: string) => Promise<string | null>;
  changed: () => Promise<void>;
  onBack: () => void;
}

export default function Board({ project, invite, changed, onBack }: Props) {
  const { tasks, error, add, move, assign, remove, comment } = useTasks(project.id, changed);
  const [open, setOpen] = useState(false);
  const [title, setTitle] = useState('');
  const [dueOn, setDueOn] = useState('');
  const [label, setLabel] = useState('');
  const [email, setEmail] = useState('');
  const [problem, setProblem] = useState<string | null>(null);

  const submitTask = async (event: FormEvent) => {
    event.preventDefault();
    const failed = await add(title, dueOn, label);
    setProblem(failed);
    if (failed) return;
    setTitle('');
    setOpen(false);
  };

  const submitMember = async (event: FormEvent) => {
    event.preventDefault();
    const failed = await invite(project.id, email);
    setProblem(failed);
    if (!failed) setEmail('');
  };

  return (
    <section>
      <button type="button" className="quiet" onClick={onBack}>
        All projects
      </button>
      <div className="head">
        <h1>{project.name}</h1>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          New task
        </button>
      </div>
      <p>Members: {project.members.map((m) => m.profiles.display_name).join(', ')}</p>
      <form className="row" onSubmit={submitMember} aria-label="New member">
        <label>
          Member email
          <input type="email" value={email} onChange={(e) => setEmail(e.target.value)} />
        </label>
        <button type="submit" className="quiet">
          Add member
        </button>
      </form>
      {open && (
        <form className="card" onSubmit={submitTask} aria-label="New task">
          <div className="row">
            <label>
              Title
              <input value={title} onChange={(e) => setTitle(e.target.value)} />
            </label>
            <label>
              Due
              <input type="date" value={dueOn} onChange={(e) => setDueOn(e.target.value)} />
            </label>
            <label>
              Label
              <input value={label} onChange={(e) => setLabel(e.target.value)} />
            </label>
          </div>
          <button type="submit">Save task</button>
        </form>
      )}
      {(problem ?? error) && (
        <p role="alert" className="problem">
          {problem ?? error}
        </p>
      )}
      <div className="board">
        {COLUMNS.map((column) => (
          <section key={column.status} aria-label={column.title} className="column">
            <h2>{column.title}</h2>
            {tasks
              .filter((t) => t.status === column.status)
              .map((t) => (
                <TaskCard
                  key={t.id}
                  task={t}
                  project={project}
                  move={move}
                  assign={assign}
                  remove={remove}
                  comment={comment}
                />
              ))}
          </section>
        ))}
      </div>
    </section>
  );
}
