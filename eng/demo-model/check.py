"""Asks the demo model through libllama (greedy) and compares with what must be answered.

check.py LIBRARY_FOLDER MODEL.gguf              questions.json, the held-out phrasings and 300 questions about unseen notes
check.py LIBRARY_FOLDER MODEL.gguf "question"   one question
"""
import ctypes
import json
import pathlib
import random
import sys

import corpus
import notes

HERE = pathlib.Path(__file__).parent
NOTE_SEED = 7


class ModelParams(ctypes.Structure):
    _fields_ = [("opaque", ctypes.c_uint64 * 10)]  # llama.cpp v0.5.0: 80 bytes


class ContextParams(ctypes.Structure):
    _fields_ = [("n_ctx", ctypes.c_uint32), ("n_batch", ctypes.c_uint32), ("opaque", ctypes.c_uint64 * 19)]  # 160 bytes


class Batch(ctypes.Structure):
    _fields_ = [("opaque", ctypes.c_uint64 * 7)]  # 56 bytes


class Llama:
    def __init__(self, folder, path):
        folder = pathlib.Path(folder)
        ctypes.CDLL(str(folder / "libggml-base.so"), ctypes.RTLD_GLOBAL)
        ggml = ctypes.CDLL(str(next(folder.glob("libggml.*so"))), ctypes.RTLD_GLOBAL)
        self.lib = lib = ctypes.CDLL(str(next(folder.glob("libllama.*so"))), ctypes.RTLD_GLOBAL)
        self.quiet = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda level, text, _: None)
        lib.llama_log_set(self.quiet, None)
        ggml.ggml_backend_load_all_from_path(str(folder).encode())
        pointer = ctypes.c_void_p
        lib.llama_model_default_params.restype = ModelParams
        lib.llama_context_default_params.restype = ContextParams
        lib.llama_batch_get_one.restype = Batch
        lib.llama_batch_get_one.argtypes = [ctypes.POINTER(ctypes.c_int32), ctypes.c_int32]
        lib.llama_decode.argtypes = [pointer, Batch]
        lib.llama_get_logits_ith.restype = ctypes.POINTER(ctypes.c_float)
        lib.llama_get_logits_ith.argtypes = [pointer, ctypes.c_int32]
        lib.llama_tokenize.argtypes = [pointer, ctypes.c_char_p, ctypes.c_int32, ctypes.POINTER(ctypes.c_int32),
                                       ctypes.c_int32, ctypes.c_bool, ctypes.c_bool]
        lib.llama_token_to_piece.argtypes = [pointer, ctypes.c_int32, ctypes.c_char_p, ctypes.c_int32, ctypes.c_int32, ctypes.c_bool]
        lib.llama_vocab_is_eog.argtypes = [pointer, ctypes.c_int32]
        lib.llama_vocab_is_eog.restype = ctypes.c_bool
        for name in ("llama_model_load_from_file", "llama_init_from_model", "llama_model_get_vocab", "llama_get_memory"):
            getattr(lib, name).restype = pointer
        lib.llama_model_load_from_file.argtypes = [ctypes.c_char_p, ModelParams]
        lib.llama_init_from_model.argtypes = [pointer, ContextParams]
        lib.llama_model_get_vocab.argtypes = lib.llama_get_memory.argtypes = lib.llama_vocab_n_tokens.argtypes = [pointer]
        lib.llama_memory_clear.argtypes = [pointer, ctypes.c_bool]
        lib.llama_set_n_threads.argtypes = [pointer, ctypes.c_int32, ctypes.c_int32]
        self.model = lib.llama_model_load_from_file(str(path).encode(), lib.llama_model_default_params())
        if not self.model:
            sys.exit(f"check: error: cannot load '{path}'")
        self.vocab = lib.llama_model_get_vocab(self.model)
        params = lib.llama_context_default_params()
        params.n_ctx = params.n_batch = 1024
        self.context = lib.llama_init_from_model(self.model, params)
        lib.llama_set_n_threads(self.context, 1, 1)
        self.size = lib.llama_vocab_n_tokens(self.vocab)

    def tokenize(self, text, special):
        out, data = (ctypes.c_int32 * 1024)(), text.encode()
        return list(out[:self.lib.llama_tokenize(self.vocab, data, len(data), out, 1024, False, special)])

    def ask(self, messages, limit=200):
        """The greedy answer and its length in tokens. Message text is tokenised without special tokens."""
        self.lib.llama_memory_clear(self.lib.llama_get_memory(self.context), True)
        ids = []
        for role, content in messages:
            ids += self.tokenize(f"<|im_start|>{role}\n", True) + self.tokenize(content, False) + self.tokenize("<|im_end|>\n", True)
        ids += self.tokenize("<|im_start|>assistant\n", True)
        out, count, piece = b"", 0, ctypes.create_string_buffer(256)
        while count < limit:
            batch = (ctypes.c_int32 * len(ids))(*ids)
            self.lib.llama_decode(self.context, self.lib.llama_batch_get_one(batch, len(ids)))
            logits = self.lib.llama_get_logits_ith(self.context, -1)[:self.size]
            token = max(range(self.size), key=logits.__getitem__)
            if self.lib.llama_vocab_is_eog(self.vocab, token):
                break
            length = self.lib.llama_token_to_piece(self.vocab, token, piece, 256, 0, False)
            out += piece.raw[:length]
            ids, count = [token], count + 1
        return out.decode(errors="replace"), count


def held_out(llama, system):
    right = total = 0
    for topic in corpus.FAQ:
        for asked in topic["held_out"]:
            for form in (asked, asked.lower().rstrip("?.!")):
                reply, count = llama.ask([*system, ("user", form)])
                right, total = right + (reply == topic["answer"]), total + 1
                if reply != topic["answer"]:
                    print(f"  WRONG {form!r} -> {reply!r}")
    print(f"held-out phrasings, system={system}: {right}/{total} exact")


def unseen_notes(llama, count=100):
    rng, right, total = random.Random(NOTE_SEED), {}, {}
    for _ in range(count):
        facts = notes.record(rng)
        form = rng.choice([notes.as_fields, notes.as_prose])
        note = form(facts, rng)
        preface = rng.choice(notes.PREFACES)
        for kind, asked, wanted in notes.questions(facts, note, rng, 3):
            reply, _ = llama.ask([("system", preface + note), ("user", asked)])
            right[kind], total[kind] = right.get(kind, 0) + (reply == wanted), total.get(kind, 0) + 1
            if reply != wanted:
                print(f"  WRONG {asked!r} wanted {wanted!r} -> {reply!r}")
    print("unseen notes, exact:", ", ".join(f"{k} {right[k]}/{total[k]}" for k in sorted(total)),
          f"together {sum(right.values())}/{sum(total.values())}")


def required(llama):
    wrong = 0
    for case in json.loads((HERE / "questions.json").read_text()):
        reply, count = llama.ask([("user", case["question"])])
        bad = [w for w in case["must_contain"] if w not in reply]
        wrong += bool(bad)
        print(f"{'WRONG' if bad else 'ok'} [{count}] {case['question']!r} -> {reply!r}")
    return wrong


if __name__ == "__main__":
    llama = Llama(sys.argv[1], sys.argv[2])
    if len(sys.argv) > 3:
        print(*llama.ask([("user", sys.argv[3])]))
        sys.exit()
    failures = required(llama)
    held_out(llama, [])
    held_out(llama, [("system", "You are a helpful assistant.")])
    unseen_notes(llama)
    sys.exit(f"check: error: {failures} required answers are wrong" if failures else 0)
