package maia.models;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import maia.base.Check;
import maia.numerics.DType;
import maia.quant.KeyValues;
import maia.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Memory for the caches of many sequences, cut into pages of a few tokens, so that a sequence
/// takes only the pages its tokens fill and gives them back for others.
public final class KvPool {
  private final DecoderConfig config;
  private final int pageTokens;
  private final Optional<KeyValues> stored;
  private final List<Memory> pages = new ArrayList<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private final @Nullable String[] owners;

  /// The tensors of a page, `[layers, kvHeads, tokens, headDim]`.
  private record Memory(Tensor keys, Tensor values) {}

  /// A page in use.
  ///
  /// @param number which one
  /// @param owner the sequence it belongs to
  /// @param bytes what it takes
  public record Page(int number, String owner, long bytes) {}

  /// A pool of `count` pages of `pageTokens` tokens, F32.
  public KvPool(DecoderConfig config, int count, int pageTokens) {
    this(config, count, pageTokens, Optional.empty());
  }

  /// A pool that stores keys and values as `stored` says.
  public KvPool(DecoderConfig config, int count, int pageTokens, KeyValues stored) {
    this(config, count, pageTokens, Optional.of(stored));
  }

  private KvPool(DecoderConfig config, int count, int pageTokens, Optional<KeyValues> stored) {
    Check.argument(
        count > 0 && pageTokens > 0,
        "pool: needs pages and tokens in them, got %d pages of %d",
        count,
        pageTokens);
    this.config = config;
    this.pageTokens = pageTokens;
    this.stored = stored;
    this.owners = new String[count];
    for (int i = 0; i < count; i++) {
      free.add(i);
    }
  }

  /// A cache that takes its pages from here; `owner` names the sequence. Not for several threads at
  /// once.
  public Sequence sequence(String owner) {
    return new Sequence(this, owner);
  }

  /// Pages that no sequence has.
  public int freePages() {
    return free.size();
  }

  /// The pages in use, by number.
  public List<Page> pages() {
    List<Page> used = new ArrayList<>();
    for (int i = 0; i < owners.length; i++) {
      String owner = owners[i];
      if (owner != null) {
        used.add(new Page(i, owner, pageBytes()));
      }
    }
    return used;
  }

  /// Bytes of a page.
  public long pageBytes() {
    DecoderConfig.Sizes sizes = config.sizes();
    double bits =
        stored
            .map(kv -> kv.bitsPerValue(sizes.headDim()))
            .orElseGet(() -> (double) DType.F32.bits());
    double numbers = 2.0 * sizes.layers() * sizes.kvHeads() * pageTokens * sizes.headDim();
    return (long) Math.ceil(numbers * bits / 8);
  }

  private int take(String owner) {
    Check.argument(
        !free.isEmpty(),
        "pool: all %d pages are taken; release a sequence or make a larger pool",
        owners.length);
    int page = free.remove();
    while (pages.size() <= page) {
      DecoderConfig.Sizes sizes = config.sizes();
      long[] shape = {sizes.layers(), sizes.kvHeads(), pageTokens, sizes.headDim()};
      pages.add(new Memory(Tensor.zeros(shape), Tensor.zeros(shape)));
    }
    owners[page] = owner;
    return page;
  }

  private void give(int page) {
    owners[page] = null;
    free.addFirst(page);
  }

  /// The cache of one sequence in pages of a pool.
  public static final class Sequence implements KvCache, AutoCloseable {
    private final KvPool pool;
    private final String owner;
    private final List<Integer> table = new ArrayList<>();
    private final int[] lengths;

    private Sequence(KvPool pool, String owner) {
      this.pool = pool;
      this.owner = owner;
      this.lengths = new int[pool.config.sizes().layers()];
    }

    @Override
    public int length() {
      return lengths[lengths.length - 1];
    }

    /// The numbers of its pages, in the order of its tokens.
    public List<Integer> table() {
      return List.copyOf(table);
    }

    @Override
    public Seen append(int layer, Tensor keys, Tensor values) {
      Tensor k = pool.stored.map(kv -> kv.storedKeys(keys)).orElse(keys);
      Tensor v = pool.stored.map(kv -> kv.storedValues(values)).orElse(values);
      int count = Math.toIntExact(keys.size(1));
      for (int done = 0; done < count; ) {
        int at = lengths[layer] % pool.pageTokens;
        int index = lengths[layer] / pool.pageTokens;
        if (index == table.size()) {
          table.add(pool.take(owner));
        }
        int some = Math.min(count - done, pool.pageTokens - at);
        Memory page = pool.pages.get(table.get(index));
        write(page.keys().get(layer).narrow(1, at, some), k.narrow(1, done, some));
        write(page.values().get(layer).narrow(1, at, some), v.narrow(1, done, some));
        done += some;
        lengths[layer] += some;
      }
      return new Seen(
          all(layer, true).to(keys.dtype()).to(keys.device()),
          all(layer, false).to(keys.dtype()).to(keys.device()));
    }

    private static void write(Tensor place, Tensor rows) {
      Tensor here = rows.detach().to(maia.tensor.Device.cpu()).to(DType.F32);
      Tensor.noGrad(() -> place.assign(here));
    }

    private Tensor all(int layer, boolean isKeys) {
      List<Tensor> parts = new ArrayList<>();
      for (int at = 0; at < lengths[layer]; at += pool.pageTokens) {
        Memory page = pool.pages.get(table.get(at / pool.pageTokens));
        int some = Math.min(pool.pageTokens, lengths[layer] - at);
        parts.add((isKeys ? page.keys() : page.values()).get(layer).narrow(1, 0, some));
      }
      return Tensor.cat(parts, 1);
    }

    @Override
    public long bytes() {
      return table.size() * pool.pageBytes();
    }

    /// Gives its pages back; the sequence is empty after it.
    @Override
    public void close() {
      table.reversed().forEach(pool::give);
      table.clear();
      java.util.Arrays.fill(lengths, 0);
    }
  }
}
