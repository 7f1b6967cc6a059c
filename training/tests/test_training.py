"""What the stages rely on: the schedule, the closed start of the gated layers, and the guide for attention."""

import math
import unittest

import torch

from training import noise
from training.adapter import build_adapted_unet, start_closed, widened
from training.attention_guide import guide_loss
from training.base import place_code
from training.grounding import cut_box, tokens_inside
from training.keypoint_net import KeypointPositionNet, fourier
from training.loop import Plan, learning_rate
from training.model import TEXT_WIDTH, build_text_encoder, build_unet, gated_parameters, transformer_blocks


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


def entities(count: int = 1) -> dict[str, torch.Tensor]:
    return {
        "boxes": torch.rand(count, 30, 4),
        "masks": torch.ones(count, 30),
        "phrases_masks": torch.ones(count, 30),
        "image_masks": torch.ones(count, 30),
        "phrases_embeddings": torch.randn(count, 30, TEXT_WIDTH),
        "image_embeddings": torch.randn(count, 30, TEXT_WIDTH),
    }


class GatedLayerTest(unittest.TestCase):
    def test_closed_start_leaves_the_pass_exactly_as_the_base(self):
        torch.manual_seed(0)
        base, unet = build_unet().eval(), build_adapted_unet("boxes").eval()
        unet.load_state_dict(base.state_dict(), strict=False)
        with torch.no_grad():
            for block in transformer_blocks(unet):
                start_closed(block.fuser)
            latents, states = torch.randn(1, 4, 16, 16), torch.randn(1, 32, TEXT_WIDTH)
            without = base(latents, 500, states).sample
            grounded = unet(latents, 500, states, cross_attention_kwargs={"gligen": entities()}).sample
        self.assertTrue(torch.equal(without, grounded))

    def test_wider_first_convolution_ignores_the_new_channels_at_first(self):
        torch.manual_seed(0)
        base, unet = build_unet().eval(), build_adapted_unet("inpaint").eval()
        state = base.state_dict()
        unet.load_state_dict(state | {"conv_in.weight": widened(state["conv_in.weight"])}, strict=False)
        with torch.no_grad():
            latents, states = torch.randn(1, 4, 16, 16), torch.randn(1, 32, TEXT_WIDTH)
            wide = torch.cat([latents, torch.randn(1, 5, 16, 16)], 1)
            self.assertTrue(torch.allclose(base(latents, 500, states).sample, unet(wide, 500, states).sample, atol=1e-5))

    def test_base_has_no_gated_layer_and_every_block_of_an_adapted_one_has(self):
        self.assertEqual(gated_parameters(build_unet()), {})
        unet = build_adapted_unet("boxes")
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
        rest = (inside, inside.sum(-1), masks > 0)
        plain, right = guide_loss(logits, *rest)[0], guide_loss(looking, *rest)
        self.assertLess(right[0], plain)
        self.assertEqual(right[1], 1.0)
        # However far logits go, in bfloat16 too, what is masked is never what is preferred: the loss has a bottom.
        for logits in (looking - 1e6, (looking - 1e6).bfloat16()):
            self.assertGreaterEqual(float(guide_loss(logits, *rest)[0]), 0)

    def test_cut_box_empties_the_cells_of_the_box_and_at_least_one(self):
        keep = torch.ones(1, 8, 8)
        cut_box(keep, (0.25, 0.5, 0.5, 1.0))
        self.assertEqual((keep[0] == 0).nonzero().tolist(), [[y, x] for y in range(4, 8) for x in (2, 3)])
        small = torch.ones(1, 8, 8)
        cut_box(small, (0.26, 0.26, 0.27, 0.27))
        self.assertEqual(int((small == 0).sum()), 1)


class KeypointNetTest(unittest.TestCase):
    def test_fourier_order_is_that_of_the_published_code(self):
        code = fourier(torch.tensor([0.3, 0.7]))
        for k in (0, 3, 7):
            angle = 100 ** (k / 8)
            expected = [math.sin(0.3 * angle), math.sin(0.7 * angle), math.cos(0.3 * angle), math.cos(0.7 * angle)]
            self.assertTrue(torch.allclose(code[4 * k : 4 * k + 4], torch.tensor(expected), atol=1e-5))

    def test_absent_points_are_one_null_token_whatever_their_place(self):
        torch.manual_seed(0)
        net = KeypointPositionNet(16)
        masks = torch.zeros(1, 136)
        masks[0, 3] = 1
        tokens = net(torch.rand(1, 136, 2), masks)
        self.assertEqual(tokens.shape, (1, 136, 16))
        self.assertTrue(torch.allclose(tokens[0, 0], tokens[0, 99]))
        self.assertFalse(torch.allclose(tokens[0, 0], tokens[0, 3]))

    def test_names_of_the_tensors_are_those_of_the_published_code(self):
        names = set(dict(KeypointPositionNet(16).named_parameters()))
        tables = {"person_embeddings", "keypoint_embeddings", "null_person_feature", "null_xy_feature"}
        self.assertEqual(names, tables | {f"linears.{i}.{part}" for i in (0, 2, 4) for part in ("weight", "bias")})


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
