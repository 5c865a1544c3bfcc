package maia.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import maia.base.Origin;
import maia.machine.Machine;
import maia.npl.Engine;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;
import maia.npl.Space;
import maia.npl.Verifier;

/// One run: the chip as sites with queues, one event loop, and what is measured on the way.
final class Simulation {
  /// A resource is the bound when it was busy for at least this share of the time.
  private static final double BOUND_SHARE = 0.5;

  private static final Set<Stall.Reason> ALWAYS_SHOWN =
      Set.of(Stall.Reason.ISSUE, Stall.Reason.SEMAPHORE);

  final Machine machine;
  final Launch launch;
  final Binding binding;
  final EventQueue events = new EventQueue();
  final Meter meter;
  final Pipe hbm;
  final Bounds bounds;
  final Releases releases;
  final Ordering ordering;
  final int tiles;
  final Tally tally = new Tally();
  final Handovers handovers = new Handovers();

  /// What instructions find out about values.
  final Findings findings;

  /// Whether values are computed.
  final boolean computes;

  /// Whether races, initialisation and coverage are checked.
  final boolean watched;

  /// Whether it is known who wrote an element of an array.
  final boolean remembersWriters;

  /// Who is told what happens.
  Observer observer = Observer.NONE;

  private final Program program;
  private final List<Site> sites = new ArrayList<>();
  private final List<Core> cores = new ArrayList<>();
  private final Effects effects;
  private final Tracer tracer;
  private final long tileSignal;
  private final long clusterSignal;
  private double instructions;

  /// What works on its own: clusters, or tiles where those of a cluster share nothing.
  private List<List<Site>> units = List.of();

  private int simulated;

  Simulation(Program program, Machine machine, Launch launch) {
    this(program, machine, launch, false);
  }

  /// @param remembersWriters whether to remember who wrote the arrays even without checks
  Simulation(Program program, Machine machine, Launch launch, boolean remembersWriters) {
    this.program = program;
    this.machine = machine;
    this.launch = launch;
    this.binding = new Binding(program, machine, launch);
    this.bounds = new Bounds(binding);
    this.meter = new Meter(machine);
    this.hbm = new Pipe(machine.hbm().streamBytesPerSecond());
    this.computes = launch.options().values() == Options.Values.COMPUTE;
    this.watched = computes && launch.options().checks() == Options.Checks.ON;
    this.findings = new Findings(watched);
    this.remembersWriters = watched || computes && remembersWriters;
    this.tiles = program.placement() == Program.Placement.ONE_TILE ? 1 : machine.tiles();
    this.tracer = new Tracer(launch.options().traceLimit());
    this.effects = new Effects(this);
    this.tileSignal = machine.picoseconds(machine.sync().tileCycles());
    this.clusterSignal = machine.picoseconds(machine.sync().clusterCycles());
    List<QueueCode> codes = program.queues().stream().map(q -> Loader.load(binding, q)).toList();
    this.releases = new Releases(program, codes);
    this.ordering =
        new Ordering(this, launch.options().schedule(), !sharesCluster() && !Homes.areUsed(codes));
    build(codes);
  }

  private void build(List<QueueCode> codes) {
    boolean shares = sharesCluster() || Homes.areUsed(codes);
    List<List<Site>> clusters = clusters(shares);
    units = shares ? clusters : apart(clusters);
    double[] alike =
        launch.options().clusters() == Options.Clusters.ALL
            ? new double[0]
            : new Kinds(this, codes).alike(units);
    for (int u = 0; u < units.size(); u++) {
      List<Site> unit = units.get(u);
      sites.addAll(unit);
      if (alike.length > 0) {
        double count = alike[u];
        unit.forEach(site -> site.alike = count);
      }
      if (unit.getFirst().alike > 0) {
        simulated++;
        unit.forEach(site -> core(site, codes, site.parent == null));
      }
    }
  }

  /// The tiles of clusters that share nothing, one by one; a cluster goes with its first tile.
  private static List<List<Site>> apart(List<List<Site>> clusters) {
    var tiles = new ArrayList<List<Site>>();
    for (List<Site> cluster : clusters) {
      tiles.add(cluster.subList(0, 2));
      cluster.stream().skip(2).forEach(tile -> tiles.add(List.of(tile)));
    }
    return tiles;
  }

  /// The sites by cluster, the cluster before its tiles.
  private List<List<Site>> clusters(boolean shares) {
    var all = new ArrayList<List<Site>>();
    int perCluster = machine.tilesPerCluster();
    var inTile = new Layout(program.buffers(), machine.tsram(), false);
    var inCluster = new Layout(program.buffers(), machine.csram(), true);
    for (int first = 0; first < tiles; first += perCluster) {
      int cluster = first / perCluster;
      var shared = new Domain();
      var parent = new Site(program, machine, first, cluster, 0, null, shared, inCluster, watched);
      var members = new ArrayList<Site>(List.of(parent));
      for (int lane = 0; lane < perCluster && first + lane < tiles; lane++) {
        Domain domain = shares ? shared : new Domain();
        members.add(
            new Site(
                program, machine, first + lane, cluster, lane, parent, domain, inTile, watched));
      }
      all.add(members);
    }
    return all;
  }

  private boolean sharesCluster() {
    return program.buffers().stream().anyMatch(b -> b.space() == Space.CSRAM)
        || program.semaphores().stream().anyMatch(s -> s.scope() == Program.Scope.CLUSTER)
        || program.queues().stream().anyMatch(q -> q.engine() == Engine.CLUSTER_DMA);
  }

  private void core(Site site, List<QueueCode> codes, boolean isCluster) {
    var core = new Core(this, site);
    for (QueueCode code : codes) {
      if ((code.engine() == Engine.CLUSTER_DMA) == isCluster) {
        core.queues.add(new QueueState(this, core, code));
      }
    }
    if (!core.queues.isEmpty()) {
      cores.add(core);
    }
  }

  long signalPicoseconds(Program.Scope scope) {
    return switch (scope) {
      case TILE -> tileSignal;
      case CLUSTER -> clusterSignal;
    };
  }

  /// A DMA whose indices are data begins: its addresses are known now.
  void plan(QueueState queue, Entry entry, Op.Indexed op) {
    effects.lookups.plan(queue, entry, op);
  }

  /// When a copy that could be done at `done` is.
  long settled(Entry entry, long done) {
    return effects.lookups.settled(entry, done);
  }

  /// An engine instruction is done: its values take effect.
  void complete(QueueState queue, Entry entry, long now) {
    instructions += queue.site.alike;
    queue.instructions++;
    if (computes) {
      effects.apply(queue, entry);
    }
    tracer.record(queue, entry, now);
    observer.done(queue, entry, now);
  }

  /// The line that wrote an element of an array; unknown where nobody did.
  Origin writerOf(int array, int element) {
    return effects.writerOf(array, element);
  }

  RunRecord run() {
    start();
    long end = events.runToEnd();
    while (ordering.release(end)) {
      end = events.runToEnd();
    }
    return finish();
  }

  /// Lets the control processors start.
  void start() {
    cores.forEach(Core::start);
  }

  /// Whether an event is left to fire.
  boolean goesOn() {
    return events.nextTime() < Long.MAX_VALUE || ordering.release(events.now());
  }

  /// The sites, a cluster before its tiles.
  List<Site> sites() {
    return sites;
  }

  /// The queues, those of a cluster before those of its tiles.
  List<QueueState> allQueues() {
    return queues();
  }

  /// What the run was, once no event is left.
  RunRecord finish() {
    long end = events.now();
    verifyDone();
    verifyBalanced();
    if (watched) {
      effects.verifyCoverage();
    }
    List<String> off =
        watched
            ? effects.uncheckedArrays()
            : List.of("uninitialised read", "race", "race between programs", "coverage");
    Bound bound = bound(end);
    List<PowerSample> power = meter.power(end);
    return new RunRecord(
        program.name(),
        machine,
        Math.round(end * (machine.clockHertz() * 1e-12)),
        end,
        machine.control().launchPicoseconds(),
        tracer.spans(),
        meter.counters(
            Math.round(instructions), tally, busy(), stalls(), stallList(), engineList()),
        meter.energy(end),
        power,
        bound,
        off,
        notes(power),
        findings.conversions(),
        findings.prints());
  }

  private List<String> notes(List<PowerSample> power) {
    var notes = new ArrayList<>(Verifier.assumptions(program, machine));
    PowerLimit.of(machine, power).ifPresent(notes::add);
    if (simulated < units.size()) {
      boolean areTiles = units.size() > Math.ceilDiv(tiles, machine.tilesPerCluster());
      notes.add(
          "%d of %d %s simulated, one of a kind: spans, engines and stalls are theirs"
              .formatted(simulated, units.size(), areTiles ? "tiles" : "clusters"));
    }
    if (!launch.options().schedule().equals(Schedule.EAGER)) {
      notes.add("schedule %s: times are not the machine's".formatted(launch.options().schedule()));
    }
    return notes;
  }

  // ---- the end

  private List<QueueState> queues() {
    return cores.stream().flatMap(c -> c.queues.stream()).toList();
  }

  private void verifyDone() {
    List<QueueState> stuck = queues().stream().filter(q -> !q.isDone()).toList();
    if (!stuck.isEmpty()) {
      throw Deadlock.of(this, program.name(), stuck, queues().size());
    }
  }

  private void verifyBalanced() {
    for (Site site : sites) {
      var all = new ArrayList<Sem>();
      site.collect(all);
      List<String> names = Sem.unbalanced(all);
      if (!names.isEmpty()) {
        throw new NplException(
            Category.SEMAPHORE,
            "semaphores not at their initial value when the program ended, on %s: %s;"
                    .formatted(site.name(), String.join(", ", names))
                + " match signals and waits",
            lastSignal(names.get(0)));
      }
    }
  }

  /// The last signal of the semaphore that `entry` names, as in `full[1]=2`.
  private Origin lastSignal(String entry) {
    return SignalSearch.find(program, entry.replaceAll("(\\[\\d+])?=\\d+$", ""));
  }

  private SortedMap<String, Long> busy() {
    var busy = new TreeMap<String, Long>();
    for (QueueState q : queues()) {
      busy.merge(q.unit.kind(), q.site.share(q.busy), Long::sum);
    }
    cores.forEach(c -> busy.merge("control", c.site.share(c.busy), Long::sum));
    busy.put("hbm", hbm.busy());
    return busy;
  }

  private SortedMap<String, Long> stalls() {
    var stalls = new TreeMap<String, Long>();
    for (QueueState q : queues()) {
      for (Stall.Reason reason : Stall.Reason.values()) {
        long lost = q.site.share(q.stalls.of(reason));
        if (lost > 0 || ALWAYS_SHOWN.contains(reason)) {
          String key = q.unit.kind() + "." + reason.name().toLowerCase(Locale.ROOT);
          stalls.merge(key, lost, Long::sum);
        }
      }
    }
    cores.forEach(c -> stalls.merge("control.queue_full", c.site.share(c.fullStall), Long::sum));
    return stalls;
  }

  private List<EngineUse> engineList() {
    return queues().stream()
        .map(q -> new EngineUse(q.site.tile, q.code.name(), q.unit.kind(), q.busy, q.instructions))
        .toList();
  }

  private List<Stall> stallList() {
    return queues().stream()
        .flatMap(q -> q.stalls.list(q.site.tile, q.code.name()).stream())
        .toList();
  }

  private Bound bound(long end) {
    if (end == 0) {
      return new Bound(Bound.Kind.LATENCY, 0);
    }
    Bound best = new Bound(Bound.Kind.HBM, (double) hbm.busy() / end);
    for (Program.Queue code : program.queues()) {
      double busy = 0;
      double units = 0;
      for (QueueState q : queues()) {
        if (q.code.name().equals(code.name())) {
          // a channel with a full window can do no more
          busy += q.site.alike * (q.busy + q.stalls.of(Stall.Reason.OUTSTANDING));
          units += q.site.alike;
        }
      }
      Bound.Kind kind =
          switch (code.engine()) {
            case TTU -> Bound.Kind.TENSOR;
            case TVP -> Bound.Kind.VECTOR;
            case TILE_DMA, CLUSTER_DMA, NETWORK_DMA -> Bound.Kind.DMA;
          };
      best = busier(best, kind, busy / end / Math.max(1, units));
    }
    double control = 0;
    double processors = 0;
    for (Core core : cores) {
      control += core.site.alike * core.busy;
      processors += core.site.alike;
    }
    best = busier(best, Bound.Kind.CONTROL, control / end / Math.max(1, processors));
    double share = Math.min(1, best.utilisation());
    return new Bound(share < BOUND_SHARE ? Bound.Kind.LATENCY : best.kind(), share);
  }

  private static Bound busier(Bound best, Bound.Kind kind, double share) {
    return share > best.utilisation() ? new Bound(kind, share) : best;
  }
}
