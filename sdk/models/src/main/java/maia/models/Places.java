package maia.models;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import maia.base.Check;
import maia.models.DecoderConfig.Positions;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.nn.RotaryAngles;
import org.jspecify.annotations.Nullable;

/// Where the tokens of a step stand in their sequences.
///
/// @param batch sequences
/// @param length tokens of each
/// @param first the position of the first token of each sequence
/// @param caches what they follow, where there is something
/// @param angles by how much heads turn, `[batch or 1, 1, length, pairs]`; null without rotary
///   embedding
record Places(
    int batch,
    int length,
    long[] first,
    Optional<List<KvCache>> caches,
    @Nullable RotaryAngles angles) {
  static Places of(DecoderConfig config, int batch, int length, Optional<List<KvCache>> caches) {
    long[] first = new long[batch];
    for (int b = 0; b < batch; b++) {
      first[b] = caches.isPresent() ? caches.get().get(b).length() : 0;
      Check.argument(
          config.learnedPositions().isEmpty() || first[b] + length <= config.sizes().context(),
          "decoder: %d tokens after %d are beyond its %d positions",
          length,
          first[b],
          config.sizes().context());
    }
    return new Places(batch, length, first, caches, angles(config, batch, length, first));
  }

  private static @Nullable RotaryAngles angles(
      DecoderConfig config, int batch, int length, long[] first) {
    if (!(config.positions() instanceof Positions.Rotary rotary)) {
      return null;
    }
    float[] frequencies = frequencies(rotary);
    boolean same = IntStream.range(0, batch).allMatch(b -> first[b] == first[0]);
    int rows = same ? Math.min(1, batch) : batch;
    long[] positions = new long[rows * length];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = first[i / length] + i % length;
    }
    RotaryAngles flat = RotaryAngles.of(frequencies, positions);
    return new RotaryAngles(
        flat.cos().reshape(rows, 1, length, frequencies.length),
        flat.sin().reshape(rows, 1, length, frequencies.length));
  }

  private static float[] frequencies(Positions.Rotary rotary) {
    float[] frequencies = RotaryAngles.frequencies(rotary.channels(), rotary.base());
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] =
          switch (rotary.scaling()) {
            case Positions.Scaling.None _ -> frequencies[i];
            case Positions.Scaling.Linear(var factor) -> (float) (frequencies[i] / factor);
            case Positions.Scaling.Llama3 scaling -> stretched(frequencies[i], scaling);
          };
    }
    return frequencies;
  }

  /// As Llama 3.1 does it: by how many waves fit into the original context.
  private static float stretched(float frequency, Positions.Scaling.Llama3 scaling) {
    double waves = scaling.original() * (double) frequency / (2 * Math.PI);
    if (waves < scaling.low()) {
      return (float) (frequency / scaling.factor());
    }
    if (waves > scaling.high()) {
      return frequency;
    }
    double share = (waves - scaling.low()) / (scaling.high() - scaling.low());
    return (float) ((1 - share) * frequency / scaling.factor() + share * frequency);
  }

  /// The positions as I64 `[batch, length]`.
  Tensor tensor(Device device) {
    long[] positions = new long[batch * length];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = first[i / length] + i % length;
    }
    return Tensor.ofLongs(positions).reshape(batch, length).to(device);
  }

  /// The angles on `device`.
  Optional<RotaryAngles> anglesOn(Device device) {
    return Optional.ofNullable(angles)
        .map(a -> new RotaryAngles(a.cos().to(device), a.sin().to(device)));
  }
}
