"""Stage 1: the autoencoder, RGB <-> latents of 4 channels and a quarter of the side (diffusers AutoencoderKL).

Three steps in five learn on pieces of half the side around things, where the detail is; the rest on whole pictures.
`python -m training.vae` trains and, when all steps are done, measures the latents' spread, saves runs/vae/model and
a sheet; `--finish` does that with the weights so far.
"""

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from .loop import Plan, apply_arguments, plan_arguments, train
from .pool import load_images, load_scenes, to_bytes, to_unit
from .settings import SETTING
from .sheet import save_sheet
from .world import RUNS, SIZE_PX

CONFIG = dict(
    in_channels=3,
    out_channels=3,
    down_block_types=("DownEncoderBlock2D",) * 3,
    up_block_types=("UpDecoderBlock2D",) * 3,
    block_out_channels=(32, 32, 64),
    layers_per_block=1,
    norm_num_groups=8,
    latent_channels=4,
    sample_size=SIZE_PX,
)
BATCH = max(1, SETTING.batch // 4)
PIECE_PX = SIZE_PX // 2
PIECES_UNTIL = 0.6  # share of the run that learns on pieces
KL_WEIGHT = 1e-3


class VaeStage:
    device = "cpu"
    needs = {"pool/images.npy": "training.pool"}

    def build(self) -> AutoencoderKL:
        return AutoencoderKL(**CONFIG)

    def prepare(self, model) -> None:
        self.images, self.scenes = load_images(), load_scenes()

    def batch(self, rng: torch.Generator, pieces: bool) -> torch.Tensor:
        """Whole pictures [B, 3, S, S], or four times as many pieces [4B, 3, S/2, S/2], in -1..1."""
        count = BATCH * 4 if pieces else BATCH
        rows = torch.randint(len(self.images), (count,), generator=rng)
        pictures = to_unit(self.images[rows])
        if pieces:
            pictures = torch.stack([self.piece(p, self.scenes[r], rng) for p, r in zip(pictures, rows.tolist())])
        return pictures.to(self.device)

    def piece(self, picture, scene, rng):
        """A piece whose centre lies within a thing where there is one."""
        u = torch.rand(3, generator=rng)
        x0, y0, x1, y1 = 0, 0, SIZE_PX, SIZE_PX
        if scene.things:
            x0, y0, x1, y1 = scene.things[int(u[2] * len(scene.things))].box
        limit = SIZE_PX - PIECE_PX
        left = min(limit, max(0, int(x0 + u[0] * (x1 - x0)) - PIECE_PX // 2))
        top = min(limit, max(0, int(y0 + u[1] * (y1 - y0)) - PIECE_PX // 2))
        return picture[:, top : top + PIECE_PX, left : left + PIECE_PX]

    def loss(self, model, rng, progress):
        pictures = self.batch(rng, progress < PIECES_UNTIL)
        posterior = model.encode(pictures).latent_dist
        decoded = model.decode(posterior.sample()).sample.float()
        kl = 0.5 * (posterior.mean.float() ** 2 + posterior.var.float() - 1 - posterior.logvar.float()).mean()
        error = picture_error(decoded, pictures)
        return error + KL_WEIGHT * kl, {"error": error, "mse": F.mse_loss(decoded, pictures), "kl": kl}


def picture_error(decoded, pictures):
    """L1, squared error, and L1 of the differences between neighbours: sharp edges count twice."""
    difference = decoded - pictures
    across = (difference[..., :, 1:] - difference[..., :, :-1]).abs().mean()
    down = (difference[..., 1:, :] - difference[..., :-1, :]).abs().mean()
    return difference.abs().mean() + 2 * difference.square().mean() + 0.5 * (across + down)


def load_vae() -> AutoencoderKL:
    folder = RUNS / "vae" / "model"
    if not folder.is_dir():
        raise FileNotFoundError(f"Cannot read {folder}: it is missing; run python -m training.vae to its end first")
    return AutoencoderKL.from_pretrained(folder).eval()


def finish(name: str) -> None:
    """runs/<name>/ema.pt -> runs/vae/model, with the scaling factor that gives latents unit variance."""
    vae = AutoencoderKL(**CONFIG)
    vae.load_state_dict(torch.load(RUNS / name / "ema.pt", weights_only=True, map_location="cpu"))
    vae.eval()
    images = to_unit(load_images()[-512:])
    with torch.inference_mode():
        latents = torch.cat([vae.encode(part).latent_dist.mean for part in images.split(64)])
        decoded = torch.cat([vae.decode(part).sample for part in latents.split(64)]).clamp(-1, 1)
    vae.register_to_config(scaling_factor=round(1 / latents.std().item(), 5))
    vae.save_pretrained(RUNS / "vae" / "model")
    error = F.mse_loss(decoded, images).item()
    per_channel = latents.std(dim=(0, 2, 3)).tolist()
    print(f"PSNR {10 * torch.log10(torch.tensor(4 / error)):.1f} dB, scaling factor {vae.config.scaling_factor}")
    print("latent mean", latents.mean(dim=(0, 2, 3)).tolist(), "std", per_channel)
    pairs = torch.stack([images[:16], decoded[:16]], 1).flatten(0, 1)
    save_sheet(to_bytes(pairs), RUNS / name / "preview.png")


def main() -> None:
    plan = Plan("vae", steps=SETTING.steps["vae"], lr=1e-3, ema=0.98)
    parser = plan_arguments(plan, __doc__)
    parser.add_argument("--finish", action="store_true")
    args = parser.parse_args()
    plan = apply_arguments(plan, args)
    if args.finish or train(VaeStage(), plan):
        finish(plan.name)


if __name__ == "__main__":
    main()
