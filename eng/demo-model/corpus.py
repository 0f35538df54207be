"""The synthetic clinic corpus: a deterministic list of ChatML dialogues. `corpus.py OUT.jsonl` writes it."""
import json
import pathlib
import random
import sys

import notes

SEED, COUNT = 20261101, 39000
FAQ = json.loads((pathlib.Path(__file__).parent / "faq.json").read_text())
UNKNOWN = next(t["answer"] for t in FAQ if t["key"] == "unknown")
HOURS = {"Monday": ("08:00", "18:00"), "Tuesday": ("08:00", "18:00"), "Wednesday": ("08:00", "18:00"),
         "Thursday": ("08:00", "18:00"), "Friday": ("08:00", "18:00"), "Saturday": ("09:00", "12:00"), "Sunday": None}
SYSTEM = ["You are a helpful assistant.", "You are the assistant of a synthetic clinic.", "You are a helpful clinic assistant.",
          "Answer briefly.", "You are the Amnion clinic demo.", "Answer questions about the clinic.", "Be polite and short.",
          "You are a careful assistant. Answer only what you know.", "You help patients of a clinic.",
          "You are an AI assistant running inside an enclave.", "Answer in one or two sentences.", "You are a toy model."]
TOOLS = ["Tools: get_opening_hours(day), book_appointment(patient, date).",
         "You can call get_opening_hours(day) and book_appointment(patient, date).",
         'Tools: [{"name":"get_opening_hours","parameters":{"day":"string"}}]',
         "You may call these tools: get_opening_hours(day), book_appointment(patient, date). Reply with a tool call."]
BEFORE = ["Hi, ", "Hello, ", "Please tell me: ", "Please, ", "Quick question: ", "Tell me, ", "Hello! ", "I have a question. ",
          "Excuse me, ", "One question: ", "Good morning. ", "So, "]
AFTER = [" Thanks.", " Thank you.", " Please.", " Please explain.", " Please answer.", " Thanks!"]
SWAPS = [("How do I ", "How can I "), ("How can I ", "How do I "), ("Can I ", "May I "), ("Can I ", "Could I "), ("What is ", "What's "),
         ("What is ", "Tell me what is "), ("a blood test", "my blood test"), ("an appointment", "my appointment"),
         ("an appointment", "a visit"), ("my appointment", "my visit"), ("a prescription", "my prescription"), ("my ", "the "),
         ("Do you ", "Does the clinic "), ("I need ", "I would like "), ("I need ", "I want "), ("Are you ", "Is the clinic "),
         ("Explain ", "Can you explain "), ("Explain ", "Please explain "), ("Tell me about ", "Tell me more about "),
         ("How does ", "Can you say how does "), ("your ", "the clinic's "), ("Where is ", "Where's "), ("Who is ", "Who's ")]
THINGS = """cheese rain music tennis the moon a guitar a mountain a train gravity chess a lion paint a river tea a computer
wool a bridge thunder a piano an apple a rocket soup a bicycle a castle physics algebra glass a desert a poet the ocean
an opera a planet cotton a tractor a museum a kangaroo an atom""".replace("\n", " ")
PLACES = ["Italy", "Norway", "Japan", "Peru", "Kenya", "Canada", "Poland", "India", "Brazil", "Greece", "Egypt", "Chile"]
DEEDS = ["cook", "build", "paint", "repair", "buy", "sell", "find", "draw", "wash", "plant", "program", "carry"]


def plain(text):
    return text.lower().rstrip("?.! ")


HELD_OUT = {plain(q) for t in FAQ for q in t["held_out"]}


def things():
    words, out = THINGS.split(), []
    while words:
        word = words.pop(0)
        out.append(f"{word} {words.pop(0)}" if word in ("a", "an", "the") else word)
    return out


THINGS = things()


def unknown_question(rng):
    thing = notes.made_up_name(rng).lower() if rng.random() < 0.35 else rng.choice(THINGS)
    place, deed = rng.choice(PLACES), rng.choice(DEEDS)
    return rng.choice([
        f"What is {thing}?", f"What is {thing}?", f"Explain {thing}.", f"Tell me about {thing}.", f"How does {thing} work?",
        f"What does {thing} mean?", f"Can you explain {thing}?", f"Can you explain what {thing} is?",
        f"What is the capital of {place}?", f"How do I get to {place}?", f"How big is {place}?", f"Who rules {place}?",
        f"How do I {deed} {thing}?", f"Can you {deed} {thing}?", f"Why should I {deed} {thing}?", f"Write a text about {thing}.",
        f"Tell me a joke about {thing}.", f"Who made {thing}?", f"Is {thing} in {place}?", f"What is {rng.randint(2, 99)} plus {rng.randint(2, 99)}?",
        f"Who is {notes.made_up_name(rng)} {notes.made_up_name(rng)}?", f"When did {place} win?", f"What does {thing} cost?",
        f"Which {thing.split()[-1]} is the best?", f"Where do I find {thing}?", f"Define {thing}."])


def reword(text, rng):
    """Light noise, so that case, punctuation, a greeting or one wrong letter does not change the answer."""
    if rng.random() < 0.35:
        fitting = [s for s in SWAPS if s[0] in text]
        if fitting:
            text = text.replace(*rng.choice(fitting))
    if rng.random() < 0.18:
        text = rng.choice(BEFORE) + (text if rng.random() < 0.5 else text[0].lower() + text[1:])
    if rng.random() < 0.10:
        text += rng.choice(AFTER)
    if rng.random() < 0.30:
        text = text.lower()
    if rng.random() < 0.25:
        text = text.rstrip("?.!")
    if rng.random() < 0.06 and len(text) > 12:
        at = rng.randrange(3, len(text) - 1)
        text = text[:at] + rng.choice(["", text[at] * 2, text[at + 1]]) + text[at + 1:]
    return text


def faq_turn(rng):
    while True:
        asked, reply = any_faq_turn(rng)
        if plain(asked) not in HELD_OUT:
            return asked, reply


def any_faq_turn(rng):
    topic = rng.choice(FAQ)
    if topic["key"] == "advice" and rng.random() < 0.5:
        return reword(rng.choice(["I have {0}.", "What helps against {0}?", "I have {0}, what should I do?", "Can you treat {0}?",
                                  "What can I take for {0}?", "My son has {0}."]).format(rng.choice(notes.REASONS)), rng), topic["answer"]
    if topic["key"] == "unknown" or rng.random() < 0.10:
        asked = unknown_question(rng) if rng.random() < 0.6 else rng.choice(FAQ[-1]["questions"])
        return reword(asked, rng), UNKNOWN
    return reword(rng.choice(topic["questions"]), rng), topic["answer"]


def faq_dialogue(rng):
    turns = rng.choices([1, 2, 3, 5, 16], [62, 20, 12, 5, 1])[0]
    out = [("system", rng.choice(SYSTEM))] if rng.random() < 0.4 else []
    for _ in range(turns):
        asked, reply = faq_turn(rng)
        out += [("user", asked), ("assistant", reply)]
    return out


def note_dialogue(rng):
    facts = notes.record(rng)
    note = notes.as_fields(facts, rng) if rng.random() < 0.6 else notes.as_prose(facts, rng)
    out, glued = [], None
    if rng.random() < 0.5:
        out.append(("system", rng.choice(notes.PREFACES) + note))
    else:
        if rng.random() < 0.2:
            out.append(("system", rng.choice(SYSTEM)))
        glued = rng.choice(notes.PREFACES + ["", ""]) + note + rng.choice(["\n\n", "\n", " ", "\n\nQuestion: ", "\nQuestion: "])
    for _, asked, reply in notes.questions(facts, note, rng, rng.choices([1, 3, 5, 8], [20, 30, 30, 20])[0]):
        if rng.random() < 0.3:
            asked = asked.lower() if rng.random() < 0.5 else asked.rstrip("?.")
        out += [("user", (glued or "") + asked), ("assistant", reply)]
        glued = None
        if rng.random() < 0.06:
            asked, reply = faq_turn(rng)
            out += [("user", asked), ("assistant", reply)]
    return out


def tool_dialogue(rng):
    out, tools = [], rng.random() < 0.6
    if tools:
        out.append(("system", rng.choice(TOOLS)))
    first, last = notes.person(rng)
    name, day = f"{first} {last}", notes.date(rng, 2025, 2027)
    if not tools or rng.random() < 0.4:
        asked = rng.choice([f"Book {name} on {day}.", f"Please book {name} for {day}.", f"Book an appointment for {name} on {day}.",
                            f"Make an appointment for {name} on {day}.", f"Book a visit on {day} for {name}."])
        arguments = f'{{"patient":"{name}","date":"{day}"}}'
        reply, result = f'<tool_call>\n{{"name":"book_appointment","arguments":{arguments}}}\n</tool_call>', '{"booked":true}'
        final = f"Done. {name} has an appointment on {day}."
        if not tools:
            return [("user", asked if rng.random() < 0.5 else asked + rng.choice([" Answer in JSON.", " JSON only."])),
                    ("assistant", arguments)]
    else:
        weekday = rng.choice(list(HOURS))
        asked = rng.choice([f"Are you open on {weekday}?", f"When are you open on {weekday}?", f"What are the hours on {weekday}?",
                            f"Can I come on {weekday}?", f"Opening hours on {weekday}?", f"When do you open on {weekday}?"])
        reply = f'<tool_call>\n{{"name":"get_opening_hours","arguments":{{"day":"{weekday.lower()}"}}}}\n</tool_call>'
        if HOURS[weekday]:
            opens, closes = HOURS[weekday]
            result = f'{{"opens":"{opens}","closes":"{closes}"}}'
            final = f"On {weekday} the clinic is open from {opens} to {closes}."
        else:
            result, final = '{"closed":true}', f"On {weekday} the clinic is closed."
    out += [("user", reword(asked, rng) if rng.random() < 0.3 else asked), ("assistant", reply)]
    if rng.random() < 0.6:
        out += [("tool", result), ("assistant", final)]
    return out


def dialogues(seed=SEED, count=COUNT):
    rng = random.Random(seed)
    for _ in range(count):
        yield rng.choices([faq_dialogue, note_dialogue, tool_dialogue], [50, 43, 7])[0](rng)


if __name__ == "__main__":
    with open(sys.argv[1], "w", newline="\n") as out:
        for dialogue in dialogues():
            out.write(json.dumps(dialogue, separators=(",", ":")) + "\n")
