package maia.sim;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lost time of one queue by reason.
final class Stalls {
  private final EnumMap<Stall.Reason, Map<String, long[]>> lost = new EnumMap<>(Stall.Reason.class);

  void add(Stall.Reason reason, String detail, long picoseconds) {
    if (picoseconds > 0) {
      lost.computeIfAbsent(reason, _ -> new LinkedHashMap<>())
              .computeIfAbsent(detail, _ -> new long[1])[0] +=
          picoseconds;
    }
  }

  void add(Stall.Reason reason, long picoseconds) {
    add(reason, "", picoseconds);
  }

  long of(Stall.Reason reason) {
    return lost.getOrDefault(reason, Map.of()).values().stream().mapToLong(sum -> sum[0]).sum();
  }

  List<Stall> list(int tile, String queue) {
    var all = new ArrayList<Stall>();
    lost.forEach((reason, details) ->
        details.forEach((detail, sum) -> all.add(new Stall(tile, queue, reason, detail, sum[0]))));
    return all;
  }
}
