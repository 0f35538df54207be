"""Trains the demo model on one CPU core and writes it as GGUF. Run it through train.sh."""
import argparse
import hashlib
import random
import time

import numpy as np
import torch
from torch.nn import functional as F

import corpus
import gguf
from bpe import Tokenizer

SEED = corpus.SEED
DIM, LAYERS, HEADS, KV_HEADS, HIDDEN, VOCAB, CONTEXT = 128, 5, 4, 2, 384, 1152, 1024
HEAD = DIM // HEADS
EPSILON, ROPE_BASE = 1e-5, 500000.0
EMBEDDING_SCALE, LOGIT_SCALE = 0.5, 0.1
BATCH_TOKENS, DRILLS = 3072, 175
CHATML = ("{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
          "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")


def new_parameters():
    g = torch.Generator().manual_seed(SEED)

    def matrix(rows, columns):
        return torch.randn(rows, columns, generator=g) * columns ** -0.5

    p = {"token_embd.weight": torch.randn(VOCAB, DIM, generator=g) * EMBEDDING_SCALE}
    for i in range(LAYERS):
        b = f"blk.{i}."
        p[b + "attn_norm.weight"] = torch.ones(DIM)
        p[b + "attn_q.weight"] = matrix(DIM, DIM)
        p[b + "attn_k.weight"] = matrix(KV_HEADS * HEAD, DIM)
        p[b + "attn_v.weight"] = matrix(KV_HEADS * HEAD, DIM)
        p[b + "attn_output.weight"] = torch.zeros(DIM, DIM)
        p[b + "ffn_norm.weight"] = torch.ones(DIM)
        p[b + "ffn_gate.weight"] = matrix(HIDDEN, DIM)
        p[b + "ffn_up.weight"] = matrix(HIDDEN, DIM)
        p[b + "ffn_down.weight"] = torch.zeros(DIM, HIDDEN)
    p["output_norm.weight"] = torch.full((DIM,), LOGIT_SCALE)
    look_back(p)
    for t in p.values():
        t.requires_grad_()
    return p


def look_back(p):
    """Starts two heads of each of the first two layers at looking one and two tokens back, the half of an induction head
    that is slow to appear. Without it the model guesses facts of a note instead of looking them up. The heads stay free."""
    constant, pairs, strength = 8, 6, 5.0
    p["token_embd.weight"][:, :constant] = EMBEDDING_SCALE
    for i in range(2):
        q, k = p[f"blk.{i}.attn_q.weight"], p[f"blk.{i}.attn_k.weight"]
        k[:HEAD] *= 0.1
        q[:2 * HEAD] *= 0.1
        for pair in range(pairs):
            k[2 * pair, :constant] = strength / constant
            for head, offset in enumerate((1, 2)):
                angle = torch.tensor(ROPE_BASE ** (-2 * pair / HEAD) * offset)
                q[head * HEAD + 2 * pair, :constant] = strength / constant * angle.cos()
                q[head * HEAD + 2 * pair + 1, :constant] = -strength / constant * angle.sin()


def rms_norm(x, weight):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * weight


def rotate(x, cos, sin):
    """RoPE on interleaved pairs, the llama order of GGUF."""
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), dim=-1).flatten(-2)


def forward(p, ids):
    n, t = ids.shape
    angle = torch.arange(t)[:, None] * ROPE_BASE ** (-torch.arange(0, HEAD, 2) / HEAD)
    cos, sin = angle.cos(), angle.sin()
    mask = torch.full((t, t), float("-inf")).triu(1)
    x = p["token_embd.weight"][ids]
    for i in range(LAYERS):
        b = f"blk.{i}."
        h = rms_norm(x, p[b + "attn_norm.weight"])
        q = (h @ p[b + "attn_q.weight"].T).view(n, t, HEADS, HEAD).transpose(1, 2)
        k = (h @ p[b + "attn_k.weight"].T).view(n, t, KV_HEADS, HEAD).transpose(1, 2)
        v = (h @ p[b + "attn_v.weight"].T).view(n, t, KV_HEADS, HEAD).transpose(1, 2)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        k, v = (z.repeat_interleave(HEADS // KV_HEADS, dim=1) for z in (k, v))
        attention = (q @ k.transpose(2, 3) * HEAD ** -0.5 + mask).softmax(-1)
        x = x + (attention @ v).transpose(1, 2).reshape(n, t, DIM) @ p[b + "attn_output.weight"].T
        h = rms_norm(x, p[b + "ffn_norm.weight"])
        x = x + (F.silu(h @ p[b + "ffn_gate.weight"].T) * (h @ p[b + "ffn_up.weight"].T)) @ p[b + "ffn_down.weight"].T
    return rms_norm(x, p["output_norm.weight"])


def loss_of(p, ids, learnt):
    h = forward(p, ids[:, :-1])
    wanted = learnt[:, 1:]
    return F.cross_entropy(h[wanted] @ p["token_embd.weight"].T, ids[:, 1:][wanted])


class Muon:
    """Momentum whose matrix update is orthogonalised by five Newton-Schulz steps (K. Jordan, 2024)."""

    def __init__(self, params, momentum=0.95):
        self.params, self.momentum = params, momentum
        self.buffers = [torch.zeros_like(p) for p in params]

    @torch.no_grad()
    def step(self, lr):
        for p, m in zip(self.params, self.buffers):
            m.mul_(self.momentum).add_(p.grad)
            x = p.grad + self.momentum * m
            tall = x.shape[0] > x.shape[1]
            x = x.T if tall else x
            x = x / (x.norm() + 1e-7)
            for _ in range(5):
                a = x @ x.T
                x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
            x = x.T if tall else x
            p.mul_(1 - lr * 0.02).add_(x, alpha=-lr * max(1, p.shape[0] / p.shape[1]) ** 0.5)


def batches(encoded, rng):
    """Dialogues of similar length together, padded on the right; about BATCH_TOKENS per batch."""
    order = list(range(len(encoded)))
    rng.shuffle(order)
    out = []
    for begin in range(0, len(order), 2000):
        chunk = sorted(order[begin:begin + 2000], key=lambda i: len(encoded[i][0]))
        while chunk:
            take, longest = [], 0
            while chunk:
                longest = len(encoded[chunk[0]][0])
                if take and longest * (len(take) + 1) > BATCH_TOKENS:
                    break
                take.append(chunk.pop(0))
            out.append(take)
    rng.shuffle(out)
    return out


def drill(g):
    """Random tokens said twice: the second time can only be known by looking back."""
    length = int(torch.randint(12, 100, (1,), generator=g))
    once = torch.randint(0, VOCAB - 3, (BATCH_TOKENS // (2 * length), length), generator=g)
    ids = torch.cat((once, once), dim=1)
    learnt = torch.zeros_like(ids, dtype=torch.bool)
    learnt[:, length + 1:] = True
    return ids, learnt


def collate(encoded, indices):
    length = max(len(encoded[i][0]) for i in indices)
    ids, learnt = torch.zeros(len(indices), length, dtype=torch.long), torch.zeros(len(indices), length, dtype=torch.bool)
    for row, i in enumerate(indices):
        ids[row, :len(encoded[i][0])] = torch.from_numpy(encoded[i][0]).long()
        learnt[row, :len(encoded[i][1])] = torch.from_numpy(encoded[i][1])
    return ids, learnt


def export(path, p, tokenizer):
    specials = {t: tokenizer.ids[t] for t in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")}
    metadata = {
        "general.architecture": "llama",
        "general.name": "Amnion clinic demo (toy)",
        "general.description": "A toy model trained on synthetic data. Not medical advice.",
        "general.license": "apache-2.0",
        "general.size_label": "1.1M",
        "general.alignment": gguf.ALIGNMENT,
        "general.file_type": 7,
        "general.quantization_version": 2,
        "llama.vocab_size": VOCAB,
        "llama.context_length": CONTEXT,
        "llama.embedding_length": DIM,
        "llama.block_count": LAYERS,
        "llama.feed_forward_length": HIDDEN,
        "llama.rope.dimension_count": HEAD,
        "llama.rope.freq_base": ROPE_BASE,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": KV_HEADS,
        "llama.attention.layer_norm_rms_epsilon": EPSILON,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": tokenizer.tokens,
        "tokenizer.ggml.token_type": [3 if t in specials else 1 for t in tokenizer.tokens],
        "tokenizer.ggml.merges": [f"{a} {b}" for a, b in tokenizer.merges],
        "tokenizer.ggml.bos_token_id": specials["<|endoftext|>"],
        "tokenizer.ggml.eos_token_id": specials["<|im_end|>"],
        "tokenizer.ggml.padding_token_id": specials["<|endoftext|>"],
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": CHATML,
    }
    gguf.write(path, metadata, {k: t.detach().numpy() for k, t in p.items()})


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("out")
    arguments.add_argument("--epochs", type=int, default=1)
    arguments.add_argument("--dialogues", type=int, default=corpus.COUNT)
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--export-every", type=int, default=250, metavar="STEPS")
    a = arguments.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(SEED)

    started = time.process_time()
    data = list(corpus.dialogues(SEED, a.dialogues))
    print("corpus sha256", hashlib.sha256(repr(data).encode()).hexdigest())
    tokenizer = Tokenizer.train([c for d in data[:6000] for _, c in d] + ["system\n", "user\n", "assistant\n", "tool\n"] * 500, VOCAB)
    encoded = [tuple(np.array(z, dtype=t) for z, t in zip(tokenizer.chat(d), (np.int16, np.bool_))) for d in data]
    encoded = [(i, m) for i, m in encoded if len(i) <= CONTEXT]
    kept, held_out = encoded[:-200], encoded[-200:]
    print(f"{len(encoded)} dialogues, {sum(len(i) for i, _ in encoded)} tokens, {sum(m.sum() for _, m in encoded)} learnt, "
          f"{time.process_time() - started:.0f} CPU-s")

    p = new_parameters()
    matrices = [t for k, t in p.items() if t.ndim == 2 and k.startswith("blk.")]
    norms = [t for k, t in p.items() if t.ndim == 1 and k.startswith("blk.")]
    muon, adam = Muon(matrices), torch.optim.Adam(
        [{"params": [p["token_embd.weight"]], "rate": 1e-2}, {"params": norms, "rate": 4e-3},
         {"params": [p["output_norm.weight"]], "rate": 1e-3}], betas=(0.9, 0.98))
    rng = random.Random(SEED)
    plan = [b for _ in range(a.epochs) for b in batches(kept, rng)]
    check = batches(held_out, random.Random(SEED))
    print(f"{sum(t.numel() for t in p.values())} parameters, {len(plan)} steps", flush=True)

    recent, g = None, torch.Generator().manual_seed(SEED)
    for step in range(-DRILLS, len(plan)):
        # Warm-up, constant, then a linear fall.
        scale = min(1.0, (step + DRILLS + 1) / 50, (1 - step / len(plan)) / 0.7)
        loss = loss_of(p, *(drill(g) if step < 0 else collate(kept, plan[step])))
        for t in p.values():
            t.grad = None
        loss.backward()
        muon.step(0.02 * scale)
        for group in adam.param_groups:
            group["lr"] = group["rate"] * scale
        adam.step()
        recent = loss.item() if recent is None or step == 0 else 0.98 * recent + 0.02 * loss.item()
        last = step + 1 == len(plan)
        if step % 50 == 49 or last:
            print(f"step {step + 1} loss {recent:.4f} CPU-s {time.process_time() - started:.0f}", flush=True)
        if step >= 0 and (step + 1) % a.export_every == 0 or last:
            with torch.no_grad():
                held = sum(loss_of(p, *collate(held_out, b)).item() for b in check) / len(check)
            export(a.out, p, tokenizer)
            print(f"exported; held-out loss {held:.4f}", flush=True)


if __name__ == "__main__":
    main()
