package maia.sim;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import maia.machine.Dma;
import org.jspecify.annotations.Nullable;

/// A channel of a DMA engine. It accepts copies in order, pays the issue cost of a descriptor, then
/// streams. A byte takes its share of the channel, of HBM and of the memory ports, and is in place
/// a latency later; the bytes in flight are limited, so a channel cannot exceed outstanding bytes
/// over latency. Copies are sent in chunks only to keep events few: the bytes of a chunk leave and
/// arrive one after another, and the limit holds for each of them, so the size of a chunk does not
/// change what a channel reaches.
final class DmaChannel implements Unit, EventQueue.Event {
  private static final long SMALLEST_CHUNK = 4 << 10;
  private static final long LARGEST_CHUNK = 64 << 10;

  /// Chunks a copy is split into, between the limits.
  private static final int CHUNKS = 2;

  /// Chunks that the bytes in flight to HBM hold at least, so that the limit is met closely.
  private static final int CHUNKS_IN_FLIGHT = 8;

  /// A chunk on its way: its bytes arrive evenly from `first` to `last`.
  ///
  /// @param own how much of its time in flight it spends on latency, not in shared pipes
  /// @param shared what it spends the rest in
  private record InFlight(long first, long last, long bytes, double own, Stall.Reason shared) {
    /// When the first `part` of its bytes have arrived.
    long arrival(long part) {
      return first + Math.round((double) (last - first) * part / bytes);
    }
  }

  private final Simulation sim;
  private final QueueState queue;
  private final Dma dma;
  private final String kind;
  private final double picosecondsPerByte;
  private final long issue;
  private final Map<Op, Way> ways = new IdentityHashMap<>();
  private final Map<Pipe, Pipe.Stream> streams = new IdentityHashMap<>();
  private final ArrayDeque<InFlight> window = new ArrayDeque<>();
  private long inFlight;
  private long lastDone;

  private @Nullable Entry current;
  private @Nullable Way way;
  private int chunks;
  private int chunk;

  /// When the last byte of the next chunk finds room among those in flight.
  private long roomForLast;

  DmaChannel(Simulation sim, QueueState queue, Dma dma, String kind) {
    this.sim = sim;
    this.queue = queue;
    this.dma = dma;
    this.kind = kind;
    this.picosecondsPerByte = 1e12 / (dma.bytesPerCycle() * sim.machine.clockHertz());
    this.issue = sim.machine.picoseconds(dma.issueCycles());
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public void begin(Entry entry, long now) {
    CopyPlan plan = Objects.requireNonNull(entry.plan);
    long bytes = Math.max(plan.hbmBytes(), plan.chipBytes());
    long most = dma.outstandingBytes() / (plan.hbmBytes() > 0 ? CHUNKS_IN_FLIGHT : 1);
    long size =
        Math.clamp(Math.clamp(bytes / CHUNKS, SMALLEST_CHUNK, LARGEST_CHUNK), 1, Math.max(1, most));
    current = entry;
    Way way = way(entry);
    this.way = way;
    chunk = 0;
    chunks = (int) Math.max(1, Math.ceilDiv(bytes, size));
    long setup = issue * plan.descriptors();
    queue.unitFree = Long.MAX_VALUE;
    queue.busy += setup;
    next(now + setup + conflicts(entry, way, now, Math.round(bytes * picosecondsPerByte)));
  }

  private Way way(Entry entry) {
    Way known = ways.get(entry.op);
    if (known != null && known.isOf(entry)) {
      return known;
    }
    Route route = Route.of(sim, queue.site, entry);
    var ports = route.ports().stream().map(this::stream).toArray(Pipe.Stream[]::new);
    List<Banks> from = List.of();
    List<Banks> to = List.of();
    switch (entry.op) {
      case Op.Load load -> to = banks(entry, load.to());
      case Op.Store store -> from = banks(entry, store.from());
      case Op.Move move -> {
        from = banks(entry, move.from());
        to = banks(entry, move.to());
      }
      default -> {} // single elements, not streams
    }
    var found = new Way(route, Way.homes(entry), stream(sim.hbm), ports, from, to);
    ways.put(entry.op, found);
    return found;
  }

  private List<Banks> banks(Entry entry, Op.RegionRef r) {
    return Homes.sites(entry, r.home(), queue.site).stream()
        .map(target -> target.owner(r.buffer()).banks)
        .toList();
  }

  /// How much longer a copy takes because of the memory banks on its way.
  private long conflicts(Entry entry, Way way, long now, long duration) {
    return switch (entry.op) {
      case Op.Load load -> conflict(entry, load.to(), way.to(), now, duration);
      case Op.Store store -> conflict(entry, store.from(), way.from(), now, duration);
      case Op.Move move ->
          Math.max(
              conflict(entry, move.from(), way.from(), now, duration),
              conflict(entry, move.to(), way.to(), now, duration));
      default -> 0; // single elements, not streams
    };
  }

  private long conflict(Entry entry, Op.RegionRef r, List<Banks> targets, long now, long duration) {
    var uses = List.of(new Banks.Use(r, sim.binding.bytes(entry, r)));
    long delay = 0;
    for (Banks banks : targets) {
      delay = Math.max(delay, banks.begin(queue, entry, uses, now, duration));
    }
    return delay;
  }

  /// Sends the next chunk at `earliest`, or when its first byte finds room.
  private void next(long earliest) {
    while (!window.isEmpty() && window.element().last() <= earliest) {
      inFlight -= window.remove().bytes();
    }
    CopyPlan plan = Objects.requireNonNull(Objects.requireNonNull(current).plan);
    long bytes = Math.max(share(plan.hbmBytes()), share(plan.chipBytes()));
    long start = room(earliest, inFlight + 1 - dma.outstandingBytes());
    long sent = start + Math.round(bytes * picosecondsPerByte);
    roomForLast = room(sent, inFlight + bytes - dma.outstandingBytes());
    sim.events.at(start, this);
  }

  /// When `bytes` of those in flight have arrived, at `earliest` or later; the wait is lost time.
  private long room(long earliest, long bytes) {
    long missing = bytes;
    for (InFlight c : window) {
      if (missing <= 0) {
        break;
      }
      if (missing <= c.bytes()) {
        long time = Math.max(earliest, c.arrival(missing));
        long latency = Math.round((time - earliest) * c.own());
        queue.stalls.add(Stall.Reason.OUTSTANDING, latency);
        queue.stalls.add(c.shared(), time - earliest - latency);
        return time;
      }
      missing -= c.bytes();
    }
    return earliest;
  }

  private Pipe.Stream stream(Pipe pipe) {
    Pipe.Stream known = streams.get(pipe);
    if (known == null) {
      known = pipe.stream(pipe == sim.hbm ? queue.site.alike : 1);
      streams.put(pipe, known);
    }
    return known;
  }

  /// The current chunk's share of `bytes`.
  private long share(long bytes) {
    return bytes * (chunk + 1) / chunks - bytes * chunk / chunks;
  }

  @Override
  public void fire(long now) {
    Entry entry = Objects.requireNonNull(current);
    CopyPlan plan = Objects.requireNonNull(entry.plan);
    Way through = Objects.requireNonNull(way);
    Route route = through.route();
    long hbmBytes = share(plan.hbmBytes());
    long chipBytes = share(plan.chipBytes());
    long most = Math.max(hbmBytes, chipBytes);
    long duration = Math.round(most * picosecondsPerByte);
    long sent = Math.max(now + duration, roomForLast);
    long hbm = route.hbm() && hbmBytes > 0 ? through.hbm().reserve(now, hbmBytes) : 0;
    long ports = 0;
    for (Pipe.Stream port : through.ports()) {
      ports = Math.max(ports, port.reserve(now, chipBytes));
    }
    long passed = Math.max(sent, Math.max(hbm, ports));
    boolean isEmpty = route.hbm() ? hbmBytes == 0 : chipBytes == 0;
    long latency = isEmpty ? 0 : route.latency();
    long arrived = Math.max(lastDone, passed + latency);
    long done = chunk + 1 < chunks ? arrived : sim.settled(entry, arrived);
    lastDone = done;
    queue.busy += duration;
    sim.meter.copy(route, queue.site.share(hbmBytes), queue.site.share(chipBytes), now, passed);
    double own = latency == 0 ? 0 : (double) latency / (latency + passed - sent);
    var shared = hbm >= ports ? Stall.Reason.HBM : Stall.Reason.PORT;
    if (most > 0) {
      window.add(new InFlight(done - (sent - now), done, most, own, shared));
      inFlight += most;
    }
    chunk++;
    if (chunk < chunks) {
      next(sent);
    } else {
      current = null;
      queue.unitFree = sent;
      queue.finishAt(entry, done);
      queue.advance(now);
    }
  }
}
