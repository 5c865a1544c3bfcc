package maia.npl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maia.base.Origin;
import maia.numerics.DType;

/// What a hand-written program declares: arrays, buffers, semaphores and queues.
public final class TileProgram {
  /// Largest value of a semaphore that names no other.
  private static final int MAXIMUM = 65_535;

  private record Key(Engine engine, int index) {}

  private final String name;
  private final Origin.Frame definition;
  private final List<Program.ArrayParam> arrays = new ArrayList<>();
  private final List<Program.ScalarParam> scalars = new ArrayList<>();
  private final List<Program.Buffer> buffers = new ArrayList<>();
  private final List<Program.Semaphore> semaphores = new ArrayList<>();
  private final Map<Key, QueueBuilder> queues = new LinkedHashMap<>();
  private final Map<QueueBuilder, Sem> barriers = new LinkedHashMap<>();
  private Program.Placement placement = Program.Placement.ONE_TILE;

  TileProgram(String name, Origin.Frame definition) {
    this.name = name;
    this.definition = definition;
  }

  Origin origin() {
    return Origin.of(name, definition, Origin.caller(Npl.OWN));
  }

  /// Runs the program on every tile; the registers `tile` and `tiles` tell them apart.
  public void everyTile() {
    placement = Program.Placement.EVERY_TILE;
  }

  /// An array of the given sizes. It is an input unless a queue copies to it, an output unless a
  /// queue copies from it.
  public HbmArray hbm(String name, DType type, long... shape) {
    List<Long> sizes = Arrays.stream(shape).boxed().toList();
    return add(new Program.ArrayParam(name, type, Program.Access.IN_OUT, shape.length, sizes));
  }

  /// An array whose sizes are known only when the program runs.
  public HbmArray hbmOfRank(String name, DType type, int rank) {
    return add(new Program.ArrayParam(name, type, Program.Access.IN_OUT, rank, List.of()));
  }

  private HbmArray add(Program.ArrayParam param) {
    arrays.add(param);
    return new HbmArray(param);
  }

  /// An integer scalar parameter.
  public Expr scalar(String name, DType type) {
    scalars.add(new Program.ScalarParam(name, type));
    return new Expr.Scalar(name);
  }

  /// A float scalar parameter.
  public Lane floatScalar(String name) {
    scalars.add(new Program.ScalarParam(name, DType.F32));
    return new Lane.Scalar(name);
  }

  /// A buffer of `slots` slots in tile SRAM.
  public OnChip sram(String name, DType type, int slots, int... shape) {
    return buffer(name, Space.TSRAM, type, slots, shape);
  }

  /// A buffer of `slots` slots in cluster SRAM.
  public OnChip csram(String name, DType type, int slots, int... shape) {
    return buffer(name, Space.CSRAM, type, slots, shape);
  }

  /// An accumulator.
  public OnChip acc(String name, DType type, int... shape) {
    return buffer(name, Space.ACC, type, 1, shape);
  }

  /// `slots` accumulators of one shape.
  public OnChip accumulators(String name, DType type, int slots, int... shape) {
    return buffer(name, Space.ACC, type, slots, shape);
  }

  private OnChip buffer(String name, Space space, DType type, int slots, int... shape) {
    List<Integer> sizes = Arrays.stream(shape).boxed().toList();
    var buffer = new Program.Buffer(name, space, type, slots, sizes);
    buffers.add(buffer);
    return new OnChip(buffer);
  }

  /// A semaphore of the tile.
  public Sem sem(String name, int initial) {
    return sems(name, 1, initial)[0];
  }

  /// A family of semaphores of the tile.
  public Sem[] sems(String name, int count, int initial) {
    return family(name, Program.Scope.TILE, count, initial);
  }

  /// A family of semaphores that a cluster's queues and its tiles share.
  public Sem[] clusterSems(String name, int count, int initial) {
    return family(name, Program.Scope.CLUSTER, count, initial);
  }

  private Sem[] family(String name, Program.Scope scope, int count, int initial) {
    semaphores.add(new Program.Semaphore(name, scope, count, initial, MAXIMUM));
    var members = new Sem[count];
    for (int i = 0; i < count; i++) {
      members[i] = new Sem(SemaphoreRef.of(name, Expr.of(i)));
    }
    return members;
  }

  /// The semaphore that the barriers of a queue share.
  Sem barrier(QueueBuilder queue) {
    return barriers.computeIfAbsent(queue, _ -> sem("barrier" + barriers.size(), 0));
  }

  /// The queue of tile DMA channel `channel`.
  public QueueBuilder dma(int channel) {
    return queue(Engine.TILE_DMA, channel);
  }

  /// The queue of cluster DMA channel `channel`.
  public QueueBuilder clusterDma(int channel) {
    return queue(Engine.CLUSTER_DMA, channel);
  }

  /// The queue of the tensor unit.
  public QueueBuilder ttu() {
    return queue(Engine.TTU, 0);
  }

  /// The queue of the vector processor.
  public QueueBuilder tvp() {
    return queue(Engine.TVP, 0);
  }

  private QueueBuilder queue(Engine engine, int index) {
    return queues.computeIfAbsent(new Key(engine, index), _ -> new QueueBuilder(this));
  }

  Program build() {
    List<Program.Queue> built = new ArrayList<>();
    queues.forEach((key, q) -> built.add(new Program.Queue(key.engine(), key.index(), q.body())));
    Uses uses = Uses.of(built);
    List<Program.ArrayParam> typed =
        arrays.stream()
            .map(a ->
                new Program.ArrayParam(
                    a.name(), a.type(), uses.access(a.name()), a.rank(), a.shape()))
            .toList();
    return new Program(name, typed, scalars, buffers, semaphores, built, placement);
  }
}
