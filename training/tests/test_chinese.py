"""Chinese is added to an English text encoder by new words alone."""

import contextlib
import io
import random
import unittest
from unittest import mock

import torch

from training import tokenizer
from training.base import BaseModel
from training.chinese import ChineseModel, ChineseStage, new_rows, pair, table
from training.export import _write
from training.loop import Plan, train
from training.tokenizer import CHINESE, Encoder, write_tokenizer
from training.world import ROW_OF, RUNS


class ChineseTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.init = RUNS / "english"
        write_tokenizer(cls.init / "tokenizer", [("c", "a"), ("ca", "t</w>"), ("d", "o"), ("do", "g</w>")])
        torch.manual_seed(0)
        english = BaseModel(len(Encoder(cls.init / "tokenizer").ids)).text_encoder
        _write(cls.init / "text_encoder" / "model.safetensors", english.state_dict(), "text_model.")
        options = mock.Mock(init=cls.init / "tokenizer", only_chinese=True)
        with mock.patch.object(tokenizer.argparse.ArgumentParser, "parse_args", lambda self: options):
            with contextlib.redirect_stdout(io.StringIO()):
                tokenizer.main()

    def test_old_words_keep_their_ids_and_new_ones_follow(self):
        old, new = Encoder(self.init / "tokenizer"), Encoder(CHINESE)
        self.assertEqual(old.word("cat"), new.word("cat"))
        rows = new_rows(old, new)
        self.assertEqual(int(rows.sum()), len(new.ids) - len(old.ids))
        self.assertFalse(rows[new.ids["cat</w>"]])

    def test_training_changes_new_rows_only_and_brings_the_languages_nearer(self):
        stage = ChineseStage(self.init)
        before = ChineseModel(self.init)
        losses = []
        original = stage.loss
        stage.loss = lambda *given: losses.append(original(*given)) or losses[-1]
        with contextlib.redirect_stdout(io.StringIO()):
            train(stage, Plan("zh-test", steps=12, lr=3e-2, warmup=1, workers=1, tail=0))
        state = torch.load(RUNS / "zh-test" / "weights.pt", weights_only=True)
        rows = new_rows(Encoder(self.init / "tokenizer"), Encoder(CHINESE))
        changed = {name for name, tensor in before.state_dict().items() if not torch.equal(tensor, state[name])}
        self.assertEqual(len(changed), 1)
        trained = state[changed.pop()]
        self.assertTrue(torch.equal(trained[~rows], table(before)[~rows]))
        self.assertFalse(torch.equal(trained[rows], table(before)[rows]))
        self.assertLess(float(losses[-1][0].detach()), 0.8 * float(losses[0][0].detach()))

    def test_pairs_name_the_same_things_in_both_languages(self):
        words = random.Random(0)
        for _ in range(100):
            english, chinese, found = pair(words)
            for here, there in found:
                self.assertIn(here, english)
                self.assertIn(there, chinese)
            self.assertTrue(all(ROW_OF[here]["zh"] == there for here, there in found if here in ROW_OF))


if __name__ == "__main__":
    unittest.main()
