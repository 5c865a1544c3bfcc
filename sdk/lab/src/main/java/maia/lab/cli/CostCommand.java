package maia.lab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.lab.CostStudy;

/// `./maia cost --model NAME [...]`.
final class CostCommand {
  private static final Map<String, String> OPTIONS = new LinkedHashMap<>();

  static {
    OPTIONS.put("--model", "a known model, or the path of a config.json");
    OPTIONS.put("--chip", "a simulated or catalogued chip, or the path of a chip file (maia-200)");
    OPTIONS.put("--precision", "WEIGHTS[/ACTIVATIONS[/CACHE]], such as mxfp4/fp8 (bf16)");
    OPTIONS.put("--prompt", "tokens of a prompt (2048)");
    OPTIONS.put("--context", "tokens in the cache while decoding (4096)");
    OPTIONS.put("--batch", "sequences that are decoded together (16)");
    OPTIONS.put("--tp", "chips that share every matrix (1)");
    OPTIONS.put("--pp", "groups of layers (1)");
    OPTIONS.put("--ep", "chips that share the experts (1)");
    OPTIONS.put("--utilisation", "share of hours with paid work (0.6)");
    OPTIONS.put("--dollars-per-hour", "price of a chip-hour, instead of the price book");
    OPTIONS.put("--grams-per-kwh", "carbon intensity of electricity, g/kWh");
    OPTIONS.put("--out", "folder for cost.csv, cost.json and cost.png");
  }

  private CostCommand() {}

  static int run(List<String> arguments) throws IOException {
    if (arguments.equals(List.of("--help")) || arguments.isEmpty()) {
      System.out.println(usage());
      return arguments.isEmpty() ? 2 : 0;
    }
    Map<String, String> given = parse(arguments);
    CostStudy study;
    try {
      study = CostStudy.of(given);
    } catch (IllegalArgumentException refused) {
      throw new UsageException(String.valueOf(refused.getMessage()));
    }
    System.out.println(study);
    String out = given.get("--out");
    if (out != null) {
      Path folder = Path.of(out);
      Files.createDirectories(folder);
      study.write(folder).forEach(file -> System.out.println("wrote " + file));
    }
    return 0;
  }

  private static Map<String, String> parse(List<String> arguments) {
    Map<String, String> given = new LinkedHashMap<>();
    Set<String> known = OPTIONS.keySet();
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i);
      if (!known.contains(name)) {
        throw new UsageException(
            "cost does not take '%s'; it takes %s".formatted(name, String.join(", ", known)));
      }
      if (i + 1 == arguments.size()) {
        throw new UsageException("%s needs a value: %s".formatted(name, OPTIONS.get(name)));
      }
      if (given.put(name, arguments.get(i + 1)) != null) {
        throw new UsageException("%s is given twice".formatted(name));
      }
    }
    if (!given.containsKey("--model")) {
      throw new UsageException("cost needs --model: " + OPTIONS.get("--model"));
    }
    return given;
  }

  private static String usage() {
    StringBuilder text = new StringBuilder("usage: ./maia cost --model NAME [OPTION VALUE ...]\n");
    OPTIONS.forEach((name, what) -> text.append("  %-20s %s%n".formatted(name, what)));
    return text.toString().stripTrailing();
  }
}
