package maia.sim;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import maia.machine.Dma;
import org.jspecify.annotations.Nullable;

/// A channel of a DMA engine. It accepts copies in order, pays the issue cost of a descriptor, then
/// sends the copy in chunks. A chunk takes its share of the channel, of HBM and of the memory
/// ports; it is done at the latest of these plus the latency. The bytes in flight are limited, so a
/// channel cannot exceed outstanding bytes over latency.
final class DmaChannel implements Unit, EventQueue.Event {
  private static final long SMALLEST_CHUNK = 4 << 10;
  private static final long LARGEST_CHUNK = 16 << 10;

  /// Chunks a copy is split into, between the limits.
  private static final int CHUNKS = 4;

  /// @param own how much of its time in flight a chunk spent on latency, not in shared pipes
  private record InFlight(long done, long bytes, double own) {}

  private final Simulation sim;
  private final QueueState queue;
  private final Dma dma;
  private final String kind;
  private final double picosecondsPerByte;
  private final long issue;
  private final Map<Op, Route> routes = new IdentityHashMap<>();
  private final ArrayDeque<InFlight> window = new ArrayDeque<>();
  private long inFlight;
  private long lastDone;

  private @Nullable Entry current;
  private @Nullable Route route;
  private int chunks;
  private int chunk;

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
    long most = Math.max(1, dma.outstandingBytes() / CHUNKS);
    long size = Math.min(most, Math.clamp(bytes / CHUNKS, SMALLEST_CHUNK, LARGEST_CHUNK));
    current = entry;
    route =
        Route.isFixed(entry.op)
            ? routes.computeIfAbsent(entry.op, _ -> Route.of(sim, queue.site, entry))
            : Route.of(sim, queue.site, entry);
    chunk = 0;
    chunks = (int) Math.max(1, Math.ceilDiv(bytes, size));
    long setup = issue * plan.descriptors();
    queue.unitFree = Long.MAX_VALUE;
    queue.busy += setup;
    sim.events.at(roomAt(now + setup), this);
  }

  /// When the window has room for the next chunk, at `earliest` or later.
  private long roomAt(long earliest) {
    CopyPlan plan = Objects.requireNonNull(Objects.requireNonNull(current).plan);
    long bytes = Math.max(share(plan.hbmBytes()), share(plan.chipBytes()));
    long time = earliest;
    double own = 1;
    while (inFlight + bytes > dma.outstandingBytes() && !window.isEmpty()) {
      InFlight oldest = window.remove();
      inFlight -= oldest.bytes();
      time = Math.max(time, oldest.done());
      own = oldest.own();
    }
    long latency = Math.round((time - earliest) * own);
    queue.outstandingStall += latency;
    queue.sharedStall += time - earliest - latency;
    return time;
  }

  /// The current chunk's share of `bytes`.
  private long share(long bytes) {
    return bytes * (chunk + 1) / chunks - bytes * chunk / chunks;
  }

  @Override
  public void fire(long now) {
    Entry entry = Objects.requireNonNull(current);
    CopyPlan plan = Objects.requireNonNull(entry.plan);
    Route route = Objects.requireNonNull(this.route);
    long hbmBytes = share(plan.hbmBytes());
    long chipBytes = share(plan.chipBytes());
    long most = Math.max(hbmBytes, chipBytes);
    long sent = now + Math.round(most * picosecondsPerByte);
    long through = sent;
    if (route.hbm() && hbmBytes > 0) {
      through = Math.max(through, sim.hbm.reserve(now, hbmBytes));
    }
    for (Pipe port : route.ports()) {
      through = Math.max(through, port.reserve(now, chipBytes));
    }
    boolean isEmpty = route.hbm() ? hbmBytes == 0 : chipBytes == 0;
    long latency = isEmpty ? 0 : route.latency();
    long done = Math.max(lastDone, through + latency);
    lastDone = done;
    queue.busy += sent - now;
    sim.meter.copy(route, hbmBytes, chipBytes, now, through);
    double own = latency == 0 ? 0 : (double) latency / (latency + through - sent);
    window.add(new InFlight(done, most, own));
    inFlight += most;
    chunk++;
    if (chunk < chunks) {
      sim.events.at(roomAt(sent), this);
    } else {
      current = null;
      queue.unitFree = sent;
      queue.finishAt(entry, done);
      queue.advance(now);
    }
  }
}
