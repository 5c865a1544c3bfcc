package maia.kernel.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// A block of the plan: the nodes one iteration executes, in program order.
final class Section {
  /// What repeats it.
  enum Kind {
    PROGRAMS,
    LOOP,
    BRANCH,
  }

  private final int id;
  private final Kind kind;
  private final int stages;
  private final Optional<Section> parent;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Long> channelBytes = new ArrayList<>();
  private final boolean storeFree;

  Section(int id, Kind kind, int stages, Optional<Section> parent) {
    this(id, kind, stages, parent, false);
  }

  Section(int id, Kind kind, int stages, Optional<Section> parent, boolean storeFree) {
    this.storeFree = storeFree;
    this.id = id;
    this.kind = kind;
    this.stages = stages;
    this.parent = parent;
  }

  int id() {
    return id;
  }

  Kind kind() {
    return kind;
  }

  /// Iterations whose loads are in flight at once, of the innermost loop around.
  int stages() {
    return kind == Kind.BRANCH ? parent.map(Section::stages).orElse(1) : stages;
  }

  /// Whether this is `other` or lies in it.
  boolean isIn(Section other) {
    return this == other || parent.filter(p -> p.isIn(other)).isPresent();
  }

  boolean isPerProgram() {
    return kind == Kind.PROGRAMS || (kind == Kind.BRANCH && parent.orElseThrow().isPerProgram());
  }

  /// Whether nothing in it is stored.
  boolean isStoreFree() {
    return storeFree;
  }

  /// The DMA channel with the fewest bytes loaded in this block so far, which now takes `bytes`
  /// more.
  int lightestChannel(int channels, long bytes) {
    while (channelBytes.size() < channels) {
      channelBytes.add(0L);
    }
    int lightest = channelBytes.indexOf(Collections.min(channelBytes));
    channelBytes.set(lightest, channelBytes.get(lightest) + bytes);
    return lightest;
  }

  List<Node> nodes() {
    return nodes;
  }
}
