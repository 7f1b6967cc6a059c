"""Teaches a finished English base to read Chinese, by new words alone: no weight of it changes.

The vocabulary is lengthened (`python -m training.tokenizer --init FOLDER --only-chinese`), and only the new rows of the token
table learn, so that the text encoder's states for a Chinese caption become those of the English one: at each name, at the
place, at the end of text and in the padding, which the UNet reads too. English captions give bit for bit what they gave.

`python -m training.chinese --init FOLDER` trains and writes runs/chinese/text_encoder.pt, which export prefers.
"""

import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from .captions import article, phrase
from .loop import Plan, apply_arguments, plan_arguments, train
from .model import build_text_encoder, use_eager
from .tokenizer import CHINESE, END, START, Encoder
from .warm import TABLE, warm_text_encoder
from .world import BACKGROUNDS, KINDS, ROW_OF, RUNS

TEXT_ENCODER = RUNS / "chinese" / "text_encoder.pt"
BATCH = 48
PHRASES = 16


class ChineseModel(nn.Module):
    def __init__(self, init: Path):
        super().__init__()
        encode = Encoder(CHINESE)
        self.text_encoder = build_text_encoder(len(encode.ids))
        warm_text_encoder(self.text_encoder, encode, init)
        self.requires_grad_(False)
        table(self).requires_grad_(True)


def table(model: nn.Module) -> nn.Parameter:
    return dict(model.text_encoder.named_parameters())[TABLE]


def new_rows(old: Encoder, encode: Encoder) -> torch.Tensor:
    """bool [vocabulary]: tokens that the old vocabulary does not have."""
    return torch.tensor([token not in old.ids for token in sorted(encode.ids, key=encode.ids.__getitem__)])


def pair(words: random.Random) -> tuple[str, str, list[tuple[str, str]]]:
    """-> a caption in English, the same in Chinese, and its names and place in both, in the order of the text"""
    kinds = words.sample(KINDS, words.choice((1, 1, 2, 2, 2, 3, 3, 4)))
    place = words.choice(list(BACKGROUNDS))
    english_place, chinese_place = (words.choice(names) for names in BACKGROUNDS[place])
    names = [article(kind) for kind in kinds]
    english = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
    measured = [f"一{words.choice((ROW_OF[kind]['measure'], '个'))}{ROW_OF[kind]['zh']}" for kind in kinds]
    chinese = "、".join(measured[:-1]) + "和" + measured[-1] if len(names) > 1 else measured[0]
    found = [(kind, ROW_OF[kind]["zh"]) for kind in kinds]
    shape = words.random()
    if shape < 0.1:
        return english, chinese, found
    found.append((english_place.split()[-1], chinese_place.removeprefix("在")))
    if shape < 0.4:
        chinese = f"{chinese_place.removeprefix('在')}有{chinese}"
    elif shape < 0.5:
        english = ", ".join([*kinds, english_place])
        chinese = "、".join([*(ROW_OF[kind]["zh"] for kind in kinds), chinese_place.removeprefix("在")])
        return english, chinese, found
    else:
        chinese = chinese + chinese_place
    return f"{english} {english_place}", chinese, found


class ChineseStage:
    device = "cpu"

    def __init__(self, init: Path):
        self.init = init

    def build(self) -> ChineseModel:
        return ChineseModel(self.init)

    def prepare(self, model) -> None:
        use_eager(model.text_encoder)
        self.encode = Encoder(CHINESE)
        learns = new_rows(Encoder(self.init / "tokenizer"), self.encode)[:, None].to(self.device)
        table(model).register_hook(lambda grad: grad * learns)

    def position(self, row: list[int], text: str) -> int:
        """Where the last token of these words stands in a row of ids, within a run of letters or at its end."""
        for variant in (text, text + "的"):
            ids = [i for i in self.encode.row(variant) if i not in (self.encode.ids[START], self.encode.ids[END])]
            ids = ids if variant == text else ids[:-1]
            for start in range(len(row) - len(ids)):
                if row[start : start + len(ids)] == ids:
                    return start + len(ids) - 1
        return -1

    def loss(self, model, rng, progress):
        words = random.Random(rng.initial_seed())
        pairs = [pair(words) for _ in range(BATCH)]
        kinds = [words.choice(KINDS) for _ in range(PHRASES)]
        english = [one[0] for one in pairs] + [article(kind) if words.random() < 0.5 else kind for kind in kinds]
        chinese = [one[1] for one in pairs] + [phrase(kind, words, chinese=True) for kind in kinds]
        rows = [self.encode(texts) for texts in (english, chinese)]
        with torch.no_grad():
            wanted = model.text_encoder(rows[0].to(self.device))
        given = model.text_encoder(rows[1].to(self.device))
        index, theirs, ours, end = [], [], [], self.encode.ids[END]
        for row, (_, _, found) in enumerate(pairs):
            for here, there in found:
                places = self.position(rows[0][row].tolist(), here), self.position(rows[1][row].tolist(), there)
                if min(places) >= 0:
                    index.append(row)
                    theirs.append(places[0])
                    ours.append(places[1])
        states, target = given.last_hidden_state, wanted.last_hidden_state
        names = F.mse_loss(states[index, ours], target[index, theirs])
        pooled = F.mse_loss(given.pooler_output, wanted.pooler_output)
        padding = ((rows[0] == end) & (rows[1] == end)).to(self.device)
        rest = ((states - target) ** 2).mean(-1)[padding].mean()
        return names + pooled + rest, {"names": names, "pooled": pooled, "padding": rest}


def main() -> None:
    plan = Plan("chinese", steps=600, lr=2e-2, ema=0.95, workers=1, tail=0.6)
    parser = plan_arguments(plan, __doc__)
    parser.add_argument("--init", type=Path, required=True)
    args = parser.parse_args()
    plan = apply_arguments(plan, args)
    train(ChineseStage(args.init), plan)
    model = ChineseModel(args.init)
    before = table(model).detach().clone()
    model.load_state_dict(torch.load(plan.folder / "ema.pt", weights_only=True, map_location="cpu"))
    old = ~new_rows(Encoder(args.init / "tokenizer"), Encoder(CHINESE))
    if not torch.equal(before[old], table(model)[old]):
        raise SystemExit("Cannot keep these words: their training changed rows of the old vocabulary")
    torch.save(model.text_encoder.state_dict(), TEXT_ENCODER)
    print(f"{int((~old).sum())} new words; {int(old.sum())} rows unchanged; {TEXT_ENCODER}")


def load_chinese():
    """The text encoder that reads both languages."""
    text_encoder = build_text_encoder(len(Encoder(CHINESE).ids))
    text_encoder.load_state_dict(torch.load(TEXT_ENCODER, weights_only=True, map_location="cpu"))
    return text_encoder.eval()


if __name__ == "__main__":
    main()
