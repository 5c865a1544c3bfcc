package maia.tensor;

import static maia.tensor.GradientCases.one;
import static maia.tensor.GradientCases.two;

import java.util.List;
import maia.tensor.GradientCases.Case;
import maia.tensor.Spatial.Corners;
import maia.tensor.Spatial.Interpolation;
import maia.tensor.Spatial.Padding;

/// Gradients of convolution, pooling, padding and interpolation.
final class SpatialCases {
  private SpatialCases() {}

  static List<Case> all() {
    Window wide = Window.of().stride(2, 1).padding(1, 2).dilation(1, 2).groups(2);
    return List.of(
        two(
            "conv2d",
            (x, w) -> Spatial.conv2d(x, w, wide),
            List.of(2L, 2L, 4L, 5L),
            List.of(4L, 1L, 3L, 2L)),
        two(
            "conv2d with bias",
            (x, w) -> Spatial.conv2d(x, w, w.select(1, 0).sum(1, 2), Window.of()),
            List.of(1L, 1L, 3L, 3L),
            List.of(2L, 1L, 2L, 2L)),
        two(
            "conv1d",
            (x, w) -> Spatial.conv1d(x, w, Window.of().padding(1)),
            List.of(1L, 2L, 4L),
            List.of(1L, 2L, 3L)),
        two(
            "convTranspose2d",
            (x, w) -> Spatial.convTranspose2d(x, w, wide, 1, 0),
            List.of(1L, 4L, 2L, 2L),
            List.of(4L, 1L, 3L, 4L)),
        one("maxPool2d", x -> Spatial.maxPool2d(x, 2), 1, 2, 4, 4).first(),
        one("adaptiveMaxPool2d", x -> Spatial.adaptiveMaxPool2d(x, 2, 3), 1, 5, 4).first(),
        one(
            "avgPool2d",
            x -> Spatial.avgPool2d(x, 3, 2, Window.of().stride(2).padding(1)).exp(),
            1,
            1,
            4,
            5),
        one("adaptiveAvgPool2d", x -> Spatial.adaptiveAvgPool2d(x, 2, 3), 1, 5, 4),
        one("avgPool1d", x -> Spatial.avgPool1d(x, 2, Window.of()), 1, 2, 4),
        one("pad", x -> Spatial.pad(x, 7.0, 1, 0, -1, 2)),
        one("pad by reflection", x -> Spatial.pad(x, Padding.REFLECT, 2, 3)),
        one("pad by replication", x -> Spatial.pad(x, Padding.REPLICATE, 2, 5, 1, 0)),
        one("pad in a circle", x -> Spatial.pad(x, Padding.CIRCULAR, 1, 4)),
        one("nearest", x -> Spatial.interpolate(x, 5, 3, Interpolation.NEAREST)),
        one("bilinear", x -> Spatial.interpolate(x, 5, 7, Interpolation.BILINEAR)),
        one("bicubic", x -> Spatial.interpolate(x, 5, 2, Interpolation.BICUBIC, Corners.ALIGNED)));
  }
}
