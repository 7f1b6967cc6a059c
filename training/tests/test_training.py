"""What the stages rely on: the schedule, the closed start of the gated layers, and the guide for attention."""

import math
import unittest

import torch

from training import noise
from training.base import place_code
from training.grounding import guide_loss, start_closed, tokens_inside
from training.loop import Plan, learning_rate
from training.model import build_text_encoder, build_unet, gated_parameters, transformer_blocks


class NoiseTest(unittest.TestCase):
    def test_velocity_and_noisy_latent_give_back_the_clean_latent(self):
        clean, dirt = torch.randn(2, 5, 4, 16, 16).unbind(0)
        times = torch.tensor([0, 100, 500, 900, 999])
        noisy, velocity = noise.add_noise(clean, dirt, times)
        alpha = noise.ALPHAS[times][:, None, None, None]
        self.assertTrue(torch.allclose(alpha.sqrt() * noisy - (1 - alpha).sqrt() * velocity, clean, atol=1e-5))

    def test_times_follow_even_angles_and_the_early_share_moves_them_up(self):
        rng = torch.Generator().manual_seed(0)
        angles = noise.ANGLES[noise.draw_times(4000, rng)] / (math.pi / 2)
        self.assertAlmostEqual(angles.mean().item(), 0.5, delta=0.03)
        early = noise.ANGLES[noise.draw_times(4000, rng, 0.7)] / (math.pi / 2)
        self.assertAlmostEqual((early >= 0.4).float().mean().item(), 0.7 + 0.3 * 0.6, delta=0.03)


class GatedLayerTest(unittest.TestCase):
    def test_closed_start_leaves_the_pass_exactly_as_the_base(self):
        torch.manual_seed(0)
        unet = build_unet().eval()
        with torch.no_grad():
            for block in transformer_blocks(unet):
                start_closed(block.fuser)
            latents, states = torch.randn(1, 4, 16, 16), torch.randn(1, 32, 128)
            boxes = {
                "boxes": torch.rand(1, 30, 4),
                "masks": torch.ones(1, 30),
                "positive_embeddings": torch.randn(1, 30, 128),
            }
            without = unet(latents, 500, states).sample
            grounded = unet(latents, 500, states, cross_attention_kwargs={"gligen": boxes}).sample
        self.assertTrue(torch.equal(without, grounded))

    def test_every_transformer_block_has_a_fuser_and_the_position_net_is_gated(self):
        unet = build_unet()
        fusers = {name.split(".fuser.")[0] for name in gated_parameters(unet) if ".fuser." in name}
        self.assertEqual(len(fusers), len(transformer_blocks(unet)))
        self.assertTrue(any(name.startswith("position_net.") for name in gated_parameters(unet)))

    def test_tokens_inside_marks_the_covered_cells_of_used_slots_only(self):
        boxes, masks = torch.zeros(1, 30, 4), torch.zeros(1, 30)
        boxes[0, 0] = torch.tensor([0.0, 0.0, 0.5, 0.5])
        boxes[0, 1] = torch.tensor([0.0, 0.0, 1.0, 1.0])
        masks[0, 0] = 1
        inside = tokens_inside(boxes, masks, 4)
        self.assertEqual(inside[0, :, 0].nonzero().flatten().tolist(), [0, 1, 4, 5])
        self.assertFalse(inside[0, :, 1:].any())

    def test_guide_is_lower_when_tokens_look_at_their_box(self):
        boxes, masks = torch.zeros(1, 30, 4), torch.zeros(1, 30)
        boxes[0, :2] = torch.tensor([[0.0, 0.0, 0.5, 1.0], [0.5, 0.0, 1.0, 1.0]])
        masks[0, :2] = 1
        inside = tokens_inside(boxes, masks, 4)
        logits = torch.zeros(1, 16, 46)
        looking = logits.clone()
        looking[..., 16:] += 4 * inside.float()
        plain, right = guide_loss(logits, inside, masks)[0], guide_loss(looking, inside, masks)
        self.assertLess(right[0], plain)
        self.assertEqual(right[1], 1.0)


class TextEncoderTest(unittest.TestCase):
    def test_pooled_feature_is_the_first_end_of_text_whatever_follows(self):
        torch.manual_seed(0)
        encoder = build_text_encoder(600).eval()
        ids = torch.full((1, 32), 599)
        ids[0, :3] = torch.tensor([598, 7, 8])
        with torch.no_grad():
            output, short = encoder(ids), encoder(ids[:, :4])
        self.assertTrue(torch.equal(output.pooler_output[0], output.last_hidden_state[0, 3]))
        self.assertTrue(torch.allclose(output.pooler_output, short.pooler_output, atol=1e-5))


class ScheduleTest(unittest.TestCase):
    def test_rate_rises_holds_and_falls_to_zero(self):
        plan = Plan("x", steps=1000, lr=1.0, warmup=10, tail=0.5)
        rates = [learning_rate(plan, step / 1000, step) for step in (0, 10, 499, 750, 1000)]
        for rate, expected in zip(rates, (0.1, 1.0, 1.0, 0.5, 0.0)):
            self.assertAlmostEqual(rate, expected, places=3)

    def test_place_code_separates_all_tokens(self):
        code = place_code(8)
        self.assertEqual(tuple(code.shape), (64, 16))
        distances = torch.cdist(code, code) + 9 * torch.eye(64)
        self.assertGreater(distances.min().item(), 0.05)


if __name__ == "__main__":
    unittest.main()
