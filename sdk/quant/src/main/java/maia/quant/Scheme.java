package maia.quant;

import maia.base.Check;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.ScaleRule;

/// How weights and activations of a linear layer are stored.
public sealed interface Scheme {
  /// The stored element type.
  ElementType type();

  /// The name used in tables and reports.
  String label();

  /// Values rounded to a 16-bit format without a scale.
  ///
  /// @param type BF16 or F16
  record Half(DType type) implements Scheme {
    public Half {
      Check.argument(
          type == DType.BF16 || type == DType.F16,
          "scheme: rounding without a scale is for bf16 and f16, was %s; use PerTensor for 8 bits and below",
          type.label());
    }

    @Override
    public String label() {
      return type.label();
    }

    @Override
    public String toString() {
      return label();
    }
  }

  /// One fp32 scale for each tensor, from its largest magnitude; activations are calibrated.
  ///
  /// @param type an 8-bit float format
  record PerTensor(DType type) implements Scheme {
    public PerTensor {
      Check.argument(
          type == DType.FP8_E4M3 || type == DType.FP8_E5M2,
          "scheme: one scale per tensor is built for fp8_e4m3 and fp8_e5m2, was %s",
          type.label());
    }

    @Override
    public String label() {
      return type.label() + " per tensor";
    }

    /// The scale that brings `magnitude` to the largest finite value of the format. It never falls
    /// below the smallest normal number, so that its reciprocal is finite, all-zero tensors
    /// included.
    float scale(float magnitude) {
      float largest = type == DType.FP8_E4M3 ? 448f : 57344f;
      return Math.max(magnitude / largest, Float.MIN_NORMAL);
    }

    @Override
    public String toString() {
      return label();
    }
  }

  /// Blocks along the input features with a shared scale, found anew for every activation.
  ///
  /// @param type an MX format or NVFP4
  /// @param rule how a power-of-two scale is derived; without effect on NVFP4
  record Block(BlockFormat type, ScaleRule rule) implements Scheme {
    @Override
    public String label() {
      return type.label();
    }

    /// The label, and the rule where it is not the OCP one.
    @Override
    public String toString() {
      return rule == ScaleRule.FLOOR ? label() : label() + " by " + rule;
    }
  }

  /// BF16 weights and activations.
  Scheme BF16 = new Half(DType.BF16);

  /// FP8 E4M3 with one scale per tensor.
  Scheme FP8_E4M3 = new PerTensor(DType.FP8_E4M3);

  /// MXFP8 with E4M3 elements, OCP scale rule.
  Scheme MXFP8 = new Block(BlockFormat.MXFP8_E4M3, ScaleRule.FLOOR);

  /// MXFP6 with E2M3 elements, OCP scale rule.
  Scheme MXFP6 = new Block(BlockFormat.MXFP6_E2M3, ScaleRule.FLOOR);

  /// MXFP4, OCP scale rule.
  Scheme MXFP4 = new Block(BlockFormat.MXFP4, ScaleRule.FLOOR);

  /// NVFP4: E4M3 scales for blocks of 16 under one scale for the tensor.
  Scheme NVFP4 = new Block(BlockFormat.NVFP4, ScaleRule.FLOOR);
}
