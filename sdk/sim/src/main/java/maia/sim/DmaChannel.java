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
  private final Map<Op, Route> routes = new IdentityHashMap<>();
  private final Map<Pipe, Pipe.Stream> streams = new IdentityHashMap<>();
  private final ArrayDeque<InFlight> window = new ArrayDeque<>();
  private long inFlight;
  private long lastDone;

  private @Nullable Entry current;
  private @Nullable Route route;
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
    route = Route.isFixed(entry.op) ? fixed(entry) : Route.of(sim, queue.site, entry);
    chunk = 0;
    chunks = (int) Math.max(1, Math.ceilDiv(bytes, size));
    long setup = issue * plan.descriptors();
    queue.unitFree = Long.MAX_VALUE;
    queue.busy += setup;
    next(now + setup + conflicts(entry, now, Math.round(bytes * picosecondsPerByte)));
  }

  private Route fixed(Entry entry) {
    Route known = routes.get(entry.op);
    if (known == null) {
      known = Route.of(sim, queue.site, entry);
      routes.put(entry.op, known);
    }
    return known;
  }

  /// How much longer a copy takes because of the memory banks on its way.
  private long conflicts(Entry entry, long now, long duration) {
    return switch (entry.op) {
      case Op.Load load -> conflict(entry, load.to(), now, duration);
      case Op.Store store -> conflict(entry, store.from(), now, duration);
      case Op.Move move ->
          Math.max(
              conflict(entry, move.from(), now, duration),
              conflict(entry, move.to(), now, duration));
      default -> 0; // single elements, not streams
    };
  }

  private long conflict(Entry entry, Op.RegionRef r, long now, long duration) {
    var uses = List.of(new Banks.Use(r, sim.binding.bytes(entry, r)));
    long delay = 0;
    for (Site target : Homes.sites(entry, r.home(), queue.site)) {
      var banks = target.owner(r.buffer()).banks;
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
    Route way = Objects.requireNonNull(route);
    long hbmBytes = share(plan.hbmBytes());
    long chipBytes = share(plan.chipBytes());
    long most = Math.max(hbmBytes, chipBytes);
    long duration = Math.round(most * picosecondsPerByte);
    long sent = Math.max(now + duration, roomForLast);
    long hbm = way.hbm() && hbmBytes > 0 ? stream(sim.hbm).reserve(now, hbmBytes) : 0;
    long ports = 0;
    for (Pipe port : way.ports()) {
      ports = Math.max(ports, stream(port).reserve(now, chipBytes));
    }
    long through = Math.max(sent, Math.max(hbm, ports));
    boolean isEmpty = way.hbm() ? hbmBytes == 0 : chipBytes == 0;
    long latency = isEmpty ? 0 : way.latency();
    long arrived = Math.max(lastDone, through + latency);
    long done = chunk + 1 < chunks ? arrived : sim.settled(entry, arrived);
    lastDone = done;
    queue.busy += duration;
    sim.meter.copy(way, queue.site.share(hbmBytes), queue.site.share(chipBytes), now, through);
    double own = latency == 0 ? 0 : (double) latency / (latency + through - sent);
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
