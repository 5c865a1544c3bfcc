package maia.kernel;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import maia.base.DiskCache;
import maia.kernel.ir.Func;
import maia.kernel.tune.Candidate;
import maia.kernel.tune.CostModel;
import maia.kernel.tune.Trial;
import maia.machine.Machine;

/// What is known of configurations: one readable text each, `name value` per line, in memory and on
/// disk, under the function, the launch, the machine and the build (decision 026).
final class TuneMemory {
  /// The name of the cache's folder.
  static final String NAME = "tuning";

  private static final int FILES = 4096;
  private static final int BYTES_EACH = 1 << 17;

  private final Map<String, String> known;
  private final Optional<DiskCache> disk;
  private final String surroundings;

  TuneMemory(Map<String, String> known, Machine machine, String timingBasis) {
    this.known = known;
    this.disk =
        CompileCache.cache().isEmpty()
            ? Optional.empty()
            : DiskCache.named(NAME, FILES, BYTES_EACH);
    this.surroundings =
        CompileCache.surroundings(machine) + "--- timing\n%s\n--- launch\n".formatted(timingBasis);
  }

  /// Under what `func` is known for `launch`.
  String key(String launch, Func func) {
    return surroundings + launch + "\n--- function\n" + func;
  }

  /// What a simulation measured.
  record Measured(long cycles, long picoseconds, double joules, String bound) {
    Trial.Outcome outcome(Candidate candidate, double modelCycles) {
      return new Trial.Simulated(
          candidate.sramBytes(), modelCycles, cycles, picoseconds, joules, bound);
    }
  }

  /// What a simulation had measured.
  Optional<Measured> measured(String key) {
    Map<String, String> fields = fields(key);
    try {
      return Optional.of(
          new Measured(
              Long.parseLong(fields.getOrDefault("cycles", "")),
              Long.parseLong(fields.getOrDefault("picoseconds", "")),
              Double.parseDouble(fields.getOrDefault("joules", "")),
              fields.getOrDefault("bound", "")));
    } catch (NumberFormatException notThere) {
      return Optional.empty(); // simulated anew
    }
  }

  /// Keeps what a simulation measured.
  void keep(String key, Measured measured) {
    SequencedMap<String, String> fields = fields(key);
    fields.put("cycles", String.valueOf(measured.cycles()));
    fields.put("picoseconds", String.valueOf(measured.picoseconds()));
    fields.put("joules", String.valueOf(measured.joules()));
    fields.put("bound", measured.bound());
    put(key, fields);
  }

  /// What `model` says of `candidate`, kept when the model has a name.
  double modelCycles(String key, Candidate candidate, CostModel model) {
    if (model.name().isEmpty()) {
      return model.cycles(candidate);
    }
    SequencedMap<String, String> fields = fields(key);
    String field = "model." + model.name();
    try {
      return Double.parseDouble(fields.getOrDefault(field, ""));
    } catch (NumberFormatException notThere) {
      double cycles = model.cycles(candidate);
      fields.put("configuration", candidate.configuration().toString());
      fields.put(field, String.format(Locale.ROOT, "%s", cycles));
      put(key, fields);
      return cycles;
    }
  }

  private SequencedMap<String, String> fields(String key) {
    SequencedMap<String, String> fields = new LinkedHashMap<>();
    look(key)
        .orElse("")
        .lines()
        .filter(line -> line.indexOf(' ') > 0)
        .forEach(line -> {
          int space = line.indexOf(' ');
          fields.put(line.substring(0, space), line.substring(space + 1));
        });
    return fields;
  }

  private void put(String key, SequencedMap<String, String> fields) {
    StringBuilder text = new StringBuilder();
    fields.forEach((name, value) -> text.append(name).append(' ').append(value).append('\n'));
    remember(key, text.toString());
    disk.ifPresent(cache -> cache.put(key, text.toString()));
  }

  private Optional<String> look(String key) {
    synchronized (known) {
      String text = known.get(key);
      if (text != null) {
        return Optional.of(text);
      }
    }
    Optional<String> text = disk.flatMap(cache -> cache.get(key));
    text.ifPresent(found -> remember(key, found));
    return text;
  }

  private void remember(String key, String text) {
    synchronized (known) {
      known.put(key, text);
    }
  }
}
