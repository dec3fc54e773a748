/* Libraries that are loaded when they are needed. */
#include <string.h>

#include "../../engine/base/library.h"
#include "../support.h"

struct functions {
    size_t (*length)(const char *);
    int *missing;
};

static void a_function_is_found(void **state)
{
    (void)state;
    static const struct mn_symbol symbols[] = {{"strlen", offsetof(struct functions, length)},
                                               {NULL, 0}};
    struct functions functions = {NULL, NULL};
    struct mn_error error;
    assert_int_equal(mn_library_load("libc.so.6", symbols, &functions, &error), MN_OK);
    assert_int_equal(functions.length("seven"), 5);
    assert_null(functions.missing);
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    static const struct mn_symbol none[] = {{NULL, 0}};
    static const struct mn_symbol symbols[] = {
        {"strlen", offsetof(struct functions, length)},
        {"no_library_has_this", offsetof(struct functions, missing)},
        {NULL, 0}};
    struct functions functions = {NULL, NULL};
    struct mn_error error;
    assert_int_equal(mn_library_load("libnowhere.so.7", none, &functions, &error), MN_FAILED);
    assert_non_null(strstr(error.message, "libnowhere.so.7"));
    assert_int_equal(mn_library_load("libc.so.6", symbols, &functions, &error), MN_FAILED);
    assert_non_null(strstr(error.message, "no_library_has_this"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_is_found),
        cmocka_unit_test(what_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
