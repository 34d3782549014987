import { useState, type FormEvent } from 'react';
import { Trash2 } from 'lucide-react';
import type { Project, Task, TaskStatus } from '../lib/supabase';

interface Props {
  task: Task;
  project: Project;
  move: (id: string, status: TaskStatus) => Promise<string | null>;
  assign: (id: string, assignee: string) => Promise<string | null>;
  remove: (id: string) => Promise<string | null>;
  comment: (id: string, body: string) => Promise<string | null>;
}

export default function TaskCard({ task, project, move, assign, remove, comment }: Props) {
  const [body, setBody] = useState('');

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await comment(task.id, body))) setBody('');
  };

  return (
    <article className="task" aria-label={task.title}>
      <div className="head">
        <strong>{task.title}</strong>
        <button type="button" className="icon" aria-label={`Delete ${task.title}`} onClick={() => remove(task.id)}>
          <Trash2 aria-hidden="true" size={16} />
        </button>
      </div>
      <small>
        {task.due_on ? `due ${task.due_on}` : 'no date'} {task.labels.map((l) => `#${l}`).join(' ')}
      </small>
      <label>
        Status
        <select aria-label="Status" value={task.status} onChange={(e) => move(task.id, e.target.value as TaskStatus)}>
          <option value="todo">To do</option>
          <option value="doing">Doing</option>
          <option value="done">Done</option>
        </select>
      </label>
      <label>
        Assignee
        <select aria-label="Assignee" value={task.assignee?.id ?? ''} onChange={(e) => assign(task.id, e.target.value)}>
          <option value="">nobody</option>
          {project.members.map((m) => (
            <option key={m.profiles.id} value={m.profiles.id}>
              {m.profiles.display_name}
            </option>
          ))}
        </select>
      </label>
      <ul className="comments" aria-label="Discussion">
        {task.comments.map((c) => (
          <li key={c.id}>
            <b>{c.author.display_name}</b> {c.body}
          </li>
        ))}
      </ul>
      <form className="row" onSubmit={submit}>
        <label>
          Comment
          <input value={body} onChange={(e) => setBody(e.target.value)} />
        </label>
        <button type="submit" className="quiet">
          Add comment
        </button>
      </form>
    </article>
  );
}
