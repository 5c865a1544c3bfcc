package maia.base;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What the null checker may conclude from a call that returns: `false, _, _ -> fail` means that
/// the first argument was true.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.CLASS)
public @interface Contract {
  /// The clause, one part per parameter.
  String value();
}
