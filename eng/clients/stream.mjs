// The npm package "openai" as it is, pointed at the proxy: streams an answer, then calls a function. Prints one JSON object.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2], apiKey: process.env.OPENAI_API_KEY, maxRetries: 0, timeout: 60_000 });

const answer = { text: "", chunks: 0, finish: null };
const stream = await client.chat.completions.create({
  model: "default",
  messages: [{ role: "user", content: process.argv[3] }],
  temperature: 0,
  max_tokens: 900,
  stream: true,
});
for await (const chunk of stream) {
  answer.chunks++;
  answer.text += chunk.choices[0]?.delta?.content ?? "";
  answer.finish = chunk.choices[0]?.finish_reason ?? answer.finish;
}

const called = await client.chat.completions.create({
  model: "default",
  messages: [{ role: "user", content: "Are you open on Saturday?" }],
  temperature: 0,
  max_tokens: 128,
  tool_choice: "required",
  tools: [{
    type: "function",
    function: {
      name: "get_opening_hours",
      description: "The opening hours of a day.",
      parameters: {
        type: "object",
        properties: { day: { type: "string", enum: ["monday", "saturday", "sunday"] } },
        required: ["day"],
        additionalProperties: false,
      },
    },
  }],
});
const call = called.choices[0].message.tool_calls?.[0];
console.log(JSON.stringify({ ...answer, call: call && { name: call.function.name, arguments: call.function.arguments }, called: called.choices[0].finish_reason }));
