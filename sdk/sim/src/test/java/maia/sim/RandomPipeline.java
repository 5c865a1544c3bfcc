package maia.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import maia.numerics.Array;
import maia.numerics.DType;
import maia.numerics.HostArray;

/// A random tile program that is correct by construction: a sequential program of loads, maps,
/// reductions, products, moves and stores in loops and branches, split into queues, with one pair
/// of semaphores for each buffer and each pair of queues that meet in it.
final class RandomPipeline {
  private static final int SIDE = 16;

  /// Semaphores after which no other group of steps begins; the machine has 64 in a tile.
  private static final int MOST_MEMBERS = 8;

  private static final String[] QUEUES = {"tile_dma 0", "tile_dma 1", "ttu", "tvp"};
  private static final String[] CONDITIONS = {"", "", "%i % 2 == 0", "%i < 2", "%i == 0"};

  /// A buffer with the queues that meet in it.
  private record Buffer(String name, String type, int slots, String rows) {
    String declaration() {
      return "buffer %s: %s[%s] tsram x%d".formatted(name, type, rows, slots);
    }
  }

  /// One step of the sequential program.
  private record Step(int queue, List<Buffer> reads, List<Buffer> writes, String text) {}

  private final SplittableRandom random;
  private final int programs;
  private final int rounds;
  private final List<String> declarations = new ArrayList<>();
  private final List<String> semaphores = new ArrayList<>();
  private final List<List<String>> bodies = new ArrayList<>();
  private final List<Array> arrays = new ArrayList<>();
  private int names;
  private int members;

  RandomPipeline(long seed) {
    random = new SplittableRandom(seed);
    programs = random.nextInt(1, 6);
    rounds = random.nextInt(1, 5);
    for (int q = 0; q < QUEUES.length; q++) {
      bodies.add(new ArrayList<>());
    }
    int groups = random.nextInt(1, 4);
    for (int g = 0; g < groups && members < MOST_MEMBERS; g++) {
      group(g);
    }
    if (random.nextBoolean()) {
      running();
    }
  }

  /// The program's text.
  String text() {
    var out = new StringBuilder("program pipeline every_tile\n");
    declarations.forEach(d -> out.append("  ").append(d).append('\n'));
    semaphores.forEach(s -> out.append("  semaphore ").append(s).append('\n'));
    for (int q = 0; q < QUEUES.length; q++) {
      if (!bodies.get(q).isEmpty()) {
        out.append("  queue ").append(QUEUES[q]).append('\n');
        bodies.get(q).forEach(line -> out.append("    ").append(line).append('\n'));
      }
    }
    return out.toString();
  }

  /// Fresh arguments.
  Launch launch() {
    var copies = new ArrayList<Array>();
    for (Array a : arrays) {
      copies.add(HostArray.of(HostArray.floats(a), (DType) a.type(), a.shape()));
    }
    return new Launch(copies, List.of(), List.of(programs), Options.defaults());
  }

  private int pick(int bound) {
    return random.nextInt(bound);
  }

  private String array(boolean isOutput, boolean isPartial) {
    String name = "x" + arrays.size();
    DType type = random.nextBoolean() ? DType.BF16 : DType.F32;
    int rows = programs * rounds * SIDE;
    String access = isOutput ? isPartial ? "in_out" : "out" : "in";
    // arrays come first in a program's text
    declarations.add(
        arrays.size(), "array %s: %s[%d, %d] %s".formatted(name, type.label(), rows, SIDE, access));
    arrays.add(HostArray.of(Gemm.random(rows * SIDE, arrays.size()), type, rows, SIDE));
    return name;
  }

  private Buffer buffer(String type) {
    var b = new Buffer("b" + names++, type, random.nextInt(1, 4), SIDE + ", " + SIDE);
    declarations.add(b.declaration());
    return b;
  }

  // ---- groups of steps in the inner loop

  private void group(int g) {
    String condition = CONDITIONS[pick(CONDITIONS.length)];
    var steps = new ArrayList<Step>();
    var live = new ArrayList<Buffer>();
    load(g, steps, live);
    for (int n = random.nextInt(1, 7); n > 0; n--) {
      switch (pick(6)) {
        case 0 -> load(g, steps, live);
        case 1 -> product(g, steps, live);
        case 2 -> move(g, steps, live);
        case 3 -> normalise(g, steps, live);
        case 4 -> store(g, steps, live, condition);
        default -> map(g, steps, live);
      }
    }
    store(g, steps, live, condition);
    emit(g, condition, steps);
  }

  private static String at(int g, Buffer b) {
    return "%s[%%lap%d %% %d]".formatted(b.name(), g, b.slots());
  }

  private Buffer one(List<Buffer> live) {
    return live.get(pick(live.size()));
  }

  private void load(int g, List<Step> steps, List<Buffer> live) {
    String array = array(false, false);
    Buffer b = buffer(random.nextBoolean() ? "bf16" : "f32");
    String row = "((%%program * %d) + %%i) * %d".formatted(rounds, SIDE);
    if (random.nextInt(3) > 0) {
      String text = "copy %s[(%s) +: 16, 0 +: 16] -> %s".formatted(array, row, at(g, b));
      steps.add(new Step(pick(2), List.of(), List.of(b), text));
    } else { // in two halves, perhaps on two channels
      for (int half = 0; half < 2; half++) {
        String text =
            "copy %s[((%s) + %d) +: 8, 0 +: 16] -> %s"
                .formatted(
                    array,
                    row,
                    8 * half,
                    at(g, b).replace("]", "; %d +: 8, 0 +: 16]".formatted(8 * half)));
        steps.add(new Step(pick(2), List.of(), List.of(b), text));
      }
    }
    live.add(b);
  }

  private void map(int g, List<Step> steps, List<Buffer> live) {
    Buffer x = one(live);
    Buffer y = one(live);
    Buffer out = buffer(random.nextBoolean() ? "bf16" : "f32");
    String text = "map %s = ((%s * 0.5) + %s)".formatted(at(g, out), at(g, x), at(g, y));
    steps.add(new Step(3, List.of(x, y), List.of(out), text));
    live.add(out);
  }

  private void normalise(int g, List<Step> steps, List<Buffer> live) {
    Buffer x = one(live);
    var most = new Buffer("b" + names++, "f32", random.nextInt(1, 3), SIDE + ", 1");
    declarations.add(most.declaration());
    Buffer out = buffer("f32");
    String reduce = "reduce %s = max %s over [16, 16] axis 1".formatted(at(g, most), at(g, x));
    String map = "map %s = (%s - %s)".formatted(at(g, out), at(g, x), at(g, most));
    steps.add(new Step(3, List.of(x), List.of(most), reduce));
    steps.add(new Step(3, List.of(x, most), List.of(out), map));
    live.add(out);
  }

  private void product(int g, List<Step> steps, List<Buffer> live) {
    List<Buffer> inputs = live.stream().filter(b -> b.type().equals("bf16")).toList();
    if (inputs.isEmpty()) {
      return;
    }
    Buffer a = one(inputs);
    Buffer b = one(inputs);
    Buffer out = new Buffer("b" + names++, "f32", random.nextInt(1, 3), "16, 16");
    declarations.add(out.declaration().replace("tsram", "acc"));
    String right = at(g, b) + (random.nextBoolean() ? ".T" : "");
    String text = "mma %s, %s, %s clear 1".formatted(at(g, out), at(g, a), right);
    steps.add(new Step(2, List.of(a, b), List.of(out), text));
    if (random.nextBoolean()) { // a second product into the same sum
      String more = "mma %s, %s, %s clear 0".formatted(at(g, out), at(g, b), at(g, a));
      steps.add(new Step(2, List.of(a, b, out), List.of(out), more));
    }
    live.add(out);
  }

  private void move(int g, List<Step> steps, List<Buffer> live) {
    Buffer from = one(live);
    Buffer to = buffer(from.type());
    String text = "copy %s -> %s".formatted(at(g, from), at(g, to));
    steps.add(new Step(pick(2), List.of(from), List.of(to), text));
    live.add(to);
  }

  private void store(int g, List<Step> steps, List<Buffer> live, String condition) {
    String array = array(true, !condition.isEmpty());
    Buffer b = one(live);
    String row = "((%%program * %d) + %%i) * %d".formatted(rounds, SIDE);
    String text = "copy %s -> %s[(%s) +: 16, 0 +: 16]".formatted(at(g, b), array, row);
    steps.add(new Step(pick(2), List.of(b), List.of(), text));
  }

  // ---- semaphores

  private void emit(int g, String condition, List<Step> steps) {
    Map<Integer, List<String>> lines = new LinkedHashMap<>();
    Set<Buffer> buffers = new LinkedHashSet<>();
    steps.forEach(s -> {
      buffers.addAll(s.writes());
      buffers.addAll(s.reads());
    });
    List<List<String>> before = blank(steps);
    List<List<String>> after = blank(steps);
    for (Buffer b : buffers) {
      for (int from = 0; from < QUEUES.length; from++) {
        for (int to = 0; to < QUEUES.length; to++) {
          if (from != to) {
            meet(g, b, from, to, steps, before, after);
          }
        }
      }
    }
    for (int i = 0; i < steps.size(); i++) {
      List<String> out = lines.computeIfAbsent(steps.get(i).queue(), _ -> new ArrayList<>());
      out.addAll(before.get(i));
      out.add(steps.get(i).text());
      out.addAll(after.get(i));
    }
    lines.forEach((queue, body) -> loop(g, condition, bodies.get(queue), body));
  }

  private static List<List<String>> blank(List<Step> steps) {
    List<List<String>> lists = new ArrayList<>();
    steps.forEach(_ -> lists.add(new ArrayList<>()));
    return lists;
  }

  /// The writer `from` and the reader `to` of a buffer.
  private void meet(
      int g,
      Buffer b,
      int from,
      int to,
      List<Step> steps,
      List<List<String>> before,
      List<List<String>> after) {
    int firstWrite = -1;
    int lastWrite = -1;
    int firstRead = -1;
    int lastRead = -1;
    for (int i = 0; i < steps.size(); i++) {
      Step s = steps.get(i);
      if (s.queue() == from && s.writes().contains(b)) {
        firstWrite = firstWrite < 0 ? i : firstWrite;
        lastWrite = i;
      }
      if (s.queue() == to && s.reads().contains(b)) {
        firstRead = firstRead < 0 ? i : firstRead;
        lastRead = i;
      }
    }
    if (firstWrite < 0 || firstRead < 0) {
      return;
    }
    boolean perSlot = b.slots() > 1 && random.nextBoolean();
    String name = "%s_%d_%d".formatted(b.name(), from, to);
    int count = perSlot ? b.slots() : 1;
    int credit = perSlot ? 1 : b.slots();
    members += 2 * count;
    String member = perSlot ? "[%%lap%d %% %d]".formatted(g, b.slots()) : "";
    semaphores.add("full_%s[%d] tile initial 0 maximum %d".formatted(name, count, credit));
    semaphores.add("free_%s[%d] tile initial %d maximum %d".formatted(name, count, credit, credit));
    before.get(firstWrite).add("wait free_" + name + member);
    after.get(lastWrite).add("signal full_" + name + member);
    before.get(firstRead).add("wait full_" + name + member);
    after.get(lastRead).add("signal free_" + name + member);
  }

  private void loop(int g, String condition, List<String> queue, List<String> body) {
    queue.add("set %%lap%d = 0".formatted(g));
    queue.add("repeat %program = %tile .. %programs step %tiles");
    queue.add("  repeat %%i = 0 .. %d".formatted(rounds));
    String indent = "    ";
    if (!condition.isEmpty()) {
      queue.add("    when " + condition);
      indent = "      ";
    }
    for (String line : body) {
      queue.add(indent + line);
    }
    queue.add(indent + "set %%lap%d = %%lap%d + 1".formatted(g, g));
  }

  // ---- a value that lives across rounds, of which every state is stored

  private void running() {
    String in = array(false, false);
    String out = array(true, false);
    String last = array(true, true);
    declarations.add("buffer part: f32[16, 16] tsram x1");
    declarations.add("buffer sum: f32[16, 16] tsram x1");
    for (String s : List.of("part_full 0", "part_free 1", "sum_full 0", "sum_free 1")) {
      String[] words = s.split(" ");
      semaphores.add("%s[1] tile initial %s maximum 1".formatted(words[0], words[1]));
    }
    semaphores.add("end_full[1] tile initial 0 maximum 1");
    semaphores.add("end_free[1] tile initial 1 maximum 1");
    String row = "((%%program * %d) + %%i) * 16".formatted(rounds);
    String programs = "repeat %program = %tile .. %programs step %tiles";
    String inner = "  repeat %%i = 0 .. %d".formatted(rounds);
    bodies
        .get(0)
        .addAll(
            List.of(
                programs,
                inner,
                "    wait part_free",
                "    copy %s[(%s) +: 16, 0 +: 16] -> part[0]".formatted(in, row),
                "    signal part_full"));
    bodies
        .get(3)
        .addAll(
            List.of(
                programs,
                "  wait end_free",
                inner,
                "    wait part_full",
                "    wait sum_free",
                "    when %i == 0",
                "      map sum[0] = part[0]",
                "    else",
                "      map sum[0] = (sum[0] + part[0])",
                "    signal part_free",
                "    signal sum_full",
                "  signal end_full"));
    bodies
        .get(1)
        .addAll(
            List.of(
                programs,
                inner,
                "    wait sum_full",
                "    copy sum[0] -> %s[(%s) +: 16, 0 +: 16]".formatted(out, row),
                "    signal sum_free",
                "  wait end_full",
                "  copy sum[0] -> %s[(%%program * %d) +: 16, 0 +: 16]"
                    .formatted(last, rounds * SIDE),
                "  signal end_free"));
  }
}
