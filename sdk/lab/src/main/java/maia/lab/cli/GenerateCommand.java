package maia.lab.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import maia.base.Nearest;
import maia.base.Progress;
import maia.lab.Datasets;
import maia.lab.TokenBill;
import maia.machine.Chip;
import maia.models.Checkpoint;
import maia.models.Decoder;
import maia.models.DecoderConfig;
import maia.models.Generation;
import maia.models.Sampling;
import maia.models.text.StreamingDecoder;
import maia.models.text.Tokenizer;
import maia.numerics.DType;
import maia.runtime.Profile;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.data.Stories;

/// `./maia generate "TEXT" [...]`.
final class GenerateCommand {
  private static final Map<String, String> OPTIONS = new LinkedHashMap<>();

  static {
    OPTIONS.put("--model", "folder of a checkpoint, instead of the decoder of the stories");
    OPTIONS.put(
        "--on", "where it is computed: maia, the simulated chip (stories), or host (checkpoints)");
    OPTIONS.put("--tokens", "new tokens at most (128)");
    OPTIONS.put("--temperature", "0 takes the likeliest token (0.8)");
    OPTIONS.put("--top-k", "only that many of the likeliest, 0 for all (0)");
    OPTIONS.put("--top-p", "only the fewest that reach this probability (1)");
    OPTIONS.put("--min-p", "only those of this share of the likeliest (0)");
    OPTIONS.put("--seed", "of the random choices (1)");
  }

  /// The weights with the least loss on the test stories.
  private static final int BEST_SEED = 2;

  private GenerateCommand() {}

  /// A model that writes.
  private record Writer(String name, Decoder decoder, Tokenizer tokenizer, int[] ends) {}

  static int run(List<String> arguments) throws IOException {
    if (arguments.equals(List.of("--help"))) {
      System.out.println(usage());
      return 0;
    }
    boolean hasText = !arguments.isEmpty() && !arguments.getFirst().startsWith("--");
    String prompt = hasText ? arguments.getFirst() : "once there were";
    Map<String, String> given = parse(arguments.subList(hasText ? 1 : 0, arguments.size()));
    try {
      write(prompt, given);
    } catch (IllegalArgumentException refused) {
      throw new UsageException(String.valueOf(refused.getMessage()));
    }
    return 0;
  }

  private static void write(String prompt, Map<String, String> given) throws IOException {
    Sampling sampling =
        new Sampling(
            number(given, "--temperature", 0.8),
            whole(given, "--top-k", 0),
            number(given, "--top-p", 1),
            number(given, "--min-p", 0),
            whole(given, "--seed", 1));
    int limit = whole(given, "--tokens", 128);
    String folder = given.get("--model");
    Writer writer = folder == null ? stories() : checkpoint(Path.of(folder));
    boolean onChip = onChip(given);
    if (onChip) {
      writer.decoder().to(Device.maia());
    }
    int[] tokens = writer.tokenizer().encodeFramed(prompt);
    StreamingDecoder text = writer.tokenizer().streaming();
    for (int token : tokens) {
      print(text.accept(token));
    }
    List<TokenBill.Pass> passes = new ArrayList<>();
    Generation.Result result =
        Generation.of(writer.decoder())
            .with(sampling)
            .limit(limit)
            .stopAt(writer.ends())
            .around(pass -> onChip ? measured(pass, passes) : pass.get())
            .run(tokens, token -> print(text.accept(token)));
    System.out.println(text.finish());
    int written = result.tokens().size();
    if (onChip && passes.size() > 1) {
      DType type = writer.decoder().parameters().getFirst().dtype();
      bill(TokenBill.of(writer.name(), Chip.MAIA_200, type, tokens.length, passes));
    } else if (!onChip && written > 0) {
      DecoderConfig config = writer.decoder().config();
      bill(TokenBill.of(writer.name(), config, tokens.length, written, Chip.MAIA_200));
    }
  }

  /// Whether the simulated chip computes the text.
  private static boolean onChip(Map<String, String> given) {
    String place = given.getOrDefault("--on", given.containsKey("--model") ? "host" : "maia");
    return switch (place) {
      case "maia" -> true;
      case "host" -> false;
      default -> throw new UsageException("--on must be maia or host, was '%s'".formatted(place));
    };
  }

  private static Tensor measured(Supplier<Tensor> pass, List<TokenBill.Pass> passes) {
    Profile<Tensor> profile = Profile.of(pass);
    passes.add(TokenBill.Pass.of(profile.kernels()));
    return profile.result();
  }

  private static void bill(TokenBill bill) {
    System.out.println();
    System.out.println(bill);
  }

  private static void print(String text) {
    System.out.print(text);
    System.out.flush();
  }

  private static Writer stories() {
    return new Writer(
        "stories decoder",
        Datasets.storiesDecoder(Datasets.Training.ORDINARY, BEST_SEED),
        Datasets.storiesTokenizer(),
        new int[] {Stories.END});
  }

  private static Writer checkpoint(Path folder) throws IOException {
    Progress progress = (what, done, total) -> System.err.printf("[%d/%d] %s%n", done, total, what);
    Decoder decoder = Checkpoint.load(folder, Device.cpu(), progress);
    Tokenizer tokenizer = Tokenizer.read(folder.resolve("tokenizer.json"));
    int[] ends = Checkpoint.endTokens(folder);
    return new Writer(folder.toString(), decoder, tokenizer, ends);
  }

  private static Map<String, String> parse(List<String> arguments) {
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i);
      if (!OPTIONS.containsKey(name)) {
        throw new UsageException(
            "generate does not take '%s'; it takes one text and %s%s"
                .formatted(
                    name,
                    String.join(", ", OPTIONS.keySet()),
                    Nearest.hint(name, OPTIONS.keySet())));
      }
      if (i + 1 == arguments.size()) {
        throw new UsageException("%s needs a value: %s".formatted(name, OPTIONS.get(name)));
      }
      if (given.put(name, arguments.get(i + 1)) != null) {
        throw new UsageException("%s is given twice".formatted(name));
      }
    }
    return given;
  }

  private static int whole(Map<String, String> given, String name, int byDefault) {
    String text = given.get(name);
    try {
      return text == null ? byDefault : Integer.parseInt(text);
    } catch (NumberFormatException notWhole) {
      throw new UsageException("%s must be a whole number, was '%s'".formatted(name, text));
    }
  }

  private static double number(Map<String, String> given, String name, double byDefault) {
    String text = given.get(name);
    try {
      return text == null ? byDefault : Double.parseDouble(text);
    } catch (NumberFormatException notANumber) {
      throw new UsageException("%s must be a number, was '%s'".formatted(name, text));
    }
  }

  private static String usage() {
    StringBuilder text = new StringBuilder("usage: ./maia generate [TEXT] [OPTION VALUE ...]\n");
    OPTIONS.forEach((name, what) -> text.append("  %-16s %s%n".formatted(name, what)));
    return text.toString().stripTrailing();
  }
}
