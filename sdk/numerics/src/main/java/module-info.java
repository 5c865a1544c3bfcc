/// Number formats, rounding, packing, block formats and arrays, bit for bit.
module maia.numerics {
  requires transitive maia.base;
  requires static org.jspecify;
  requires static jdk.incubator.vector;

  exports maia.numerics;
}
