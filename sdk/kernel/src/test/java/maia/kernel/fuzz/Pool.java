package maia.kernel.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import maia.kernel.Mask;
import maia.kernel.Tile;

/// The values a random kernel can use, and whether it has.
final class Pool {
  /// A tile or a mask.
  private static final class Item {
    final Tile tile;
    final Mask mask;
    boolean used;

    Item(Tile tile, Mask mask) {
      this.tile = tile;
      this.mask = mask;
    }
  }

  private final List<Item> items = new ArrayList<>();

  /// The values of `outer`, all of them used as far as this pool is concerned.
  static Pool inside(Pool outer) {
    Pool pool = new Pool();
    for (Item item : outer.items) {
      Item copy = new Item(item.tile, item.mask);
      copy.used = true;
      pool.items.add(copy);
    }
    return pool;
  }

  void add(Tile tile) {
    items.add(new Item(tile, null));
  }

  void add(Mask mask) {
    items.add(new Item(null, mask));
  }

  /// A tile that `fits`; later ones are likelier.
  Tile tile(SplittableRandom random, Predicate<Tile> fits) {
    Item item = pick(random, i -> i.tile != null && fits.test(i.tile));
    return item == null ? null : item.tile;
  }

  Mask mask(SplittableRandom random, Predicate<Mask> fits) {
    Item item = pick(random, i -> i.mask != null && fits.test(i.mask));
    return item == null ? null : item.mask;
  }

  private Item pick(SplittableRandom random, Predicate<Item> fits) {
    List<Item> all = items.stream().filter(fits).toList();
    if (all.isEmpty()) {
      return null;
    }
    int at = Math.max(random.nextInt(all.size()), random.nextInt(all.size()));
    all.get(at).used = true;
    return all.get(at);
  }

  /// The tiles nothing has used; they are used now.
  List<Tile> unusedTiles() {
    List<Tile> unused = new ArrayList<>();
    for (Item item : items) {
      if (!item.used && item.tile != null) {
        item.used = true;
        unused.add(item.tile);
      }
    }
    return unused;
  }

  /// The masks nothing has used; they are used now.
  List<Mask> unusedMasks() {
    List<Mask> unused = new ArrayList<>();
    for (Item item : items) {
      if (!item.used && item.mask != null) {
        item.used = true;
        unused.add(item.mask);
      }
    }
    return unused;
  }
}
