import leftPad from 'left-pad';

document.body.textContent = leftPad(import.meta.env.VITE_SUPABASE_URL, 40);
