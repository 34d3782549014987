const address = "https://kqmzvtwbhxsalonbooks.supabase.co";
const key = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJlZiI6ImtxbXp2dHdiaHhzYWxvbmJvb2tzIiwicm9sZSI6ImFub24iLCJpYXQiOjE3NzAwMDAwMDAsImV4cCI6MjA4NTU3NjAwMH0.RhmBw88yTwlT5JF3DwndophoS79ctajvWb3UQKQLtIw";
const answer = await fetch(address + "/rest/v1/items?select=id,title,price&order=id&limit=20", {
  headers: { apikey: key },
});
for (const item of await answer.json()) {
  const line = document.createElement("li");
  line.textContent = item.title;
  document.getElementById("items").append(line);
}
