"""Synthetic patient notes and questions about them. Everything is drawn from lists and a seeded generator."""
import datetime

FIRST = """Anna Ben Clara David Elena Felix Greta Hugo Ida Jonas Karla Leo Maria Noah Olga Paul Rosa Sam Tina Umar
Vera Will Yara Zoe Alma Boris Cora Dina Emil Finn Gina Hana Igor Jana Kian Lena Mila Nora Oscar Petra Ravi Sara
Tom Ugo Viola Wanda Ada Bruno Celia Dario""".split()
LAST = """Keller Moss Rivera Stone Adler Brandt Costa Dahl Ekman Fuchs Graf Hansen Ivers Jensen Kowal Lopez Marsh
Novak Olsen Peters Quist Romero Silva Tanner Unger Vogel Weber Young Zeller Abbot Berg Castro Diaz Ellis Frost
Garcia Hill Iqbal Jones Klein Lang Meyer Nguyen Ortiz Park Reed Santos Turner Varga Wolf""".split()
DOCTORS = ["Dr. Mora", "Dr. Lind", "Dr. Okafor"]
REASONS = ["a sore throat", "back pain", "a cough", "high blood pressure", "a skin rash", "a headache", "knee pain",
           "an ear infection", "a check-up", "a blood test", "stomach pain", "hay fever", "a sprained ankle", "fever",
           "a vaccination", "asthma", "poor sleep", "a cut on the hand"]
MEDICINES = ["ibuprofen", "paracetamol", "amoxicillin", "cetirizine", "metformin", "lisinopril", "salbutamol",
             "omeprazole", "vitamin D", "a nasal spray", "aspirin", "a skin cream"]
ALLERGIES = ["penicillin", "nuts", "pollen", "latex", "eggs", "cats", "bee stings", "ibuprofen", "milk", "dust"]
PLANS = ["rest and drink tea", "drink more water", "walk every day", "eat less salt", "sleep more", "see the nurse",
         "repeat the blood test", "keep the foot up", "do the exercises", "stay at home for three days",
         "take the medicine with food", "come back if it gets worse"]
FIELDS = ["reason", "medicine", "allergy", "plan", "doctor", "next"]
LABELS = {"reason": ["Reason"], "medicine": ["Medicine"], "allergy": ["Allergy"],
          "plan": ["Plan"], "doctor": ["Doctor"], "next": ["Next visit"]}

QUESTIONS = {
    "name": ["What is the name of the patient?", "Who is the patient?", "What is the patient's name?",
             "Which patient is this?", "Whose note is this?"],
    "born": ["When was the patient born?", "What is the date of birth?", "When was {first} born?",
             "When was {name} born?", "What is the patient's birth date?"],
    "visit": ["When was the visit?", "When did {first} come?", "What is the date of the visit?",
              "When did the patient come?", "On which day was the visit?", "When was {name} here?"],
    "reason": ["Why did the patient come?", "Why did {first} come?", "What was the reason for the visit?",
               "What is the reason?", "Why did {name} come to the clinic?", "What was the problem?"],
    "medicine": ["Which medicine does the patient take?", "What medicine does {first} take?", "What was prescribed?",
                 "Which medicine does {name} take?", "What is the medication?", "Which medicine was prescribed?"],
    "allergy": ["Does the patient have an allergy?", "Which allergy does {first} have?", "What is {name} allergic to?",
                "Is {first} allergic to something?", "What is the patient allergic to?", "Are there allergies?"],
    "plan": ["What is the plan?", "What should {first} do?", "What should the patient do?", "What did the doctor advise?",
             "What is the plan for {name}?"],
    "doctor": ["Which doctor saw the patient?", "Who saw {first}?", "Who is the doctor?", "Which doctor saw {name}?",
               "Who treated the patient?"],
    "next": ["When is the next visit?", "When should {first} come back?", "When is the next appointment?",
             "When does {name} come again?", "What is the date of the next visit?", "When is the patient's next visit?"],
}
NOT_IN_NOTE = ["What is the patient's address?", "What is the phone number of the patient?", "How tall is the patient?",
               "What is {first}'s job?", "Where does {name} live?", "Is {first} married?", "What does the patient weigh?",
               "What is the insurance number?"]
SUMMARY = ["Summarize the note.", "Please summarize this note.", "Give me a summary.", "Summarise the note.",
           "What does the note say?", "Sum up the visit.", "Summarize the visit of {name}."]
JSON_DATE = ["Give the patient and the visit date as JSON.", "Extract patient and date as JSON.",
             "Return patient and date as JSON.", "Patient and date as JSON, please.", "Write patient and date in JSON."]
JSON_FULL = ["Give the note as JSON.", "Extract the note as JSON.", "Return the whole note as JSON.",
             "Convert the note to JSON.", "Write the note as JSON."]
REPEAT = ["Repeat the note.", "Read the note to me.", "Show me the note.", "Repeat the document."]
PREFACES = ["Patient note:\n", "Note:\n", "Document:\n", "Answer from this note.\n", "Use this note to answer.\n\n",
            "Context:\n", "Here is a note of a synthetic patient.\n", "Answer only from the document.\nDocument: ",
            "You answer questions about this patient note.\n\n", "You are the assistant of a clinic. Patient note: "]


def date(rng, first_year, last_year):
    return f"{rng.randint(first_year, last_year)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def made_up_name(rng):
    syllables = ["ka", "lo", "mi", "ren", "ta", "so", "vin", "dor", "ne", "pa", "ru", "sel", "ber", "ti", "gan", "ho"]
    return "".join(rng.choice(syllables) for _ in range(rng.randint(2, 3))).capitalize()


def person(rng):
    first = made_up_name(rng) if rng.random() < 0.08 else rng.choice(FIRST)
    last = made_up_name(rng) if rng.random() < 0.08 else rng.choice(LAST)
    return first, last


def later(day, rng):
    return str(datetime.date.fromisoformat(day) + datetime.timedelta(days=rng.randint(5, 120)))


def record(rng):
    first, last = person(rng)
    visit = date(rng, 2025, 2027)
    facts = {"first": first, "name": f"{first} {last}", "born": date(rng, 1940, 2020), "visit": visit,
             "reason": rng.choice(REASONS), "medicine": rng.choice(MEDICINES), "allergy": rng.choice(ALLERGIES),
             "plan": rng.choice(PLANS), "doctor": rng.choice(DOCTORS), "next": later(visit, rng)}
    for field in FIELDS:
        if rng.random() < 0.1:
            facts[field] = None
    return facts


def as_fields(facts, rng):
    lines = [f"{rng.choice(['Patient', 'Name'])}: {facts['name']}", f"Born: {facts['born']}",
             f"{rng.choice(['Visit', 'Date'])}: {facts['visit']}"]
    rest = [f"{rng.choice(LABELS[f])}: {facts[f]}" for f in FIELDS if facts[f]]
    if rng.random() < 0.5:
        rng.shuffle(rest)
    if rng.random() < 0.3:
        del lines[1]
        facts["born"] = None
    if rng.random() < 0.6:
        return "\n".join(lines + rest)
    return ". ".join(lines + rest) + "."


def as_prose(facts, rng):
    name, first = facts["name"], facts["first"]
    born = f", born {facts['born']}," if rng.random() < 0.7 else ""
    if not born:
        facts["born"] = None
    reason = f" because of {facts['reason']}" if facts["reason"] else ""
    parts = [f"{name}{born} came on {facts['visit']}{reason}."]
    rest = []
    if facts["doctor"]:
        rest.append(f"{facts['doctor']} saw {first}.")
    if facts["medicine"]:
        rest.append(rng.choice([f"{first} takes {facts['medicine']}.", f"Prescribed: {facts['medicine']}."]))
    if facts["allergy"]:
        rest.append(rng.choice([f"{first} is allergic to {facts['allergy']}.", f"Known allergy: {facts['allergy']}."]))
    if facts["plan"]:
        rest.append(rng.choice([f"Plan: {facts['plan']}.", f"{first} should {facts['plan']}."]))
    if rng.random() < 0.5:
        rng.shuffle(rest)
    if facts["next"]:
        rest.append(rng.choice([f"The next visit is on {facts['next']}.", f"Next visit: {facts['next']}."]))
    return " ".join(parts + rest)


def answer(facts, field):
    if facts[field] is None:
        return "The note does not say that."
    name = facts["name"]
    return {"name": f"The patient is {name}.", "born": f"{name} was born on {facts['born']}.",
            "visit": f"{name} came on {facts['visit']}.", "reason": f"{name} came because of {facts['reason']}.",
            "medicine": f"{name} takes {facts['medicine']}.", "allergy": f"{name} is allergic to {facts['allergy']}.",
            "plan": f"The plan for {name}: {facts['plan']}.", "doctor": f"{facts['doctor']} saw {name}.",
            "next": f"The next visit is on {facts['next']}."}[field]


def summary(facts):
    text = f"{facts['name']} came on {facts['visit']}"
    text += f" because of {facts['reason']}." if facts["reason"] else "."
    if facts["doctor"]:
        text += f" {facts['doctor']} saw the patient."
    if facts["medicine"]:
        text += f" The medicine is {facts['medicine']}."
    if facts["allergy"]:
        text += f" There is an allergy to {facts['allergy']}."
    if facts["plan"]:
        text += f" The plan is to {facts['plan']}."
    if facts["next"]:
        text += f" The next visit is on {facts['next']}."
    return text


def as_json(facts, fields):
    pairs = {"name": "patient", "visit": "date", "reason": "reason", "doctor": "doctor", "medicine": "medicine",
             "allergy": "allergy", "next": "next"}
    return "{" + ",".join(f'"{pairs[f]}":"{facts[f]}"' if facts[f] else f'"{pairs[f]}":null' for f in fields) + "}"


def questions(facts, note, rng, count):
    kinds = list(QUESTIONS) + ["next", "medicine", "allergy", "missing", "summary", "repeat", "json-date", "json-full"]
    for kind in rng.sample(kinds, count):
        if kind == "missing":
            asked, reply = rng.choice(NOT_IN_NOTE), "The note does not say that."
        elif kind == "summary":
            asked, reply = rng.choice(SUMMARY), summary(facts)
        elif kind == "repeat":
            asked, reply = rng.choice(REPEAT), note
        elif kind == "json-date":
            asked, reply = rng.choice(JSON_DATE), as_json(facts, ["name", "visit"])
        elif kind == "json-full":
            asked = rng.choice(JSON_FULL)
            reply = as_json(facts, ["name", "visit", "reason", "doctor", "medicine", "allergy", "next"])
        else:
            asked, reply = rng.choice(QUESTIONS[kind]), answer(facts, kind)
        yield kind, asked.format(**facts), reply
