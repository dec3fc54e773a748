/* Is this a sanitizer's build? Its runtime allocates and calls the system where it likes. */
#ifndef TESTS_SANITIZER_H
#define TESTS_SANITIZER_H

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { TEST_SANITIZER = 1 };
#define TEST_HAS_SANITIZER
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { TEST_SANITIZER = 1 };
#define TEST_HAS_SANITIZER
#else
enum { TEST_SANITIZER = 0 };
#endif
#else
enum { TEST_SANITIZER = 0 };
#endif

#endif
