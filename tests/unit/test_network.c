/* The network's shapes and numbers against the paper's (arXiv 1704.04861), and the width found
 * again from a file's shapes. */
#include <math.h>
#include <string.h>

#include "../../engine/network.h"
#include "../support.h"

static const struct mn_network_spec paper = {.width = 1,
                                             .resolution = 224,
                                             .classes = 1000,
                                             .channel_divisor = 1,
                                             .activation = MN_RELU,
                                             .padding = MN_PAD_SAME};

static struct mn_network build(const struct mn_network_spec *spec)
{
    struct mn_network network;
    struct mn_error error;
    if (mn_network_build(&network, spec, &error))
        fail_msg("%s", error.message);
    return network;
}

static struct mn_network build_scaled(double width, int resolution, bool standard)
{
    struct mn_network_spec spec = paper;
    spec.width = width;
    spec.resolution = resolution;
    spec.standard = standard;
    return build(&spec);
}

/* The exact count, and the paper's in millions: that one is rounded in some rows and cut in others
 * (568.74 became 569, 290.68 became 290), so it is only within one million. */
static void assert_mult_adds(int64_t mult_adds, int64_t exact, double paper_millions)
{
    assert_int_equal(mult_adds, exact);
    assert_true(fabs((double)mult_adds / 1e6 - paper_millions) < 1);
}

/* The paper rounds to tenths of a million. */
static void assert_tenths_of_millions(int64_t parameters, long expected)
{
    assert_int_equal(lround((double)parameters / 1e5), expected);
}

static void test_table_4_standard_and_separable(void **state)
{
    (void)state;
    struct mn_network standard = build_scaled(1, 224, true);
    assert_int_equal(standard.layer_count, 1 + MN_BLOCKS + 2);
    assert_int_equal(standard.mult_adds, 4867293184);
    /* The paper's number leaves the linear layer out, here and only here. */
    assert_mult_adds(standard.mult_adds - standard.layers[15].mult_adds, 4866269184, 4866);
    assert_tenths_of_millions(standard.parameters, 293);
    struct mn_network separable = build_scaled(1, 224, false);
    assert_int_equal(separable.layer_count, MN_MAX_LAYERS);
    assert_mult_adds(separable.mult_adds, 568740352, 569);
    assert_tenths_of_millions(separable.parameters, 42);
}

static void test_table_6_widths(void **state)
{
    (void)state;
    static const struct {
        double width;
        int64_t exact;
        double mult_adds;
        long parameters;
    } rows[] = {{1, 568740352, 569, 42},
                {0.75, 325400448, 325, 26},
                {0.5, 149497088, 149, 13},
                {0.25, 41030272, 41, 5}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mn_network network = build_scaled(rows[i].width, 224, false);
        assert_mult_adds(network.mult_adds, rows[i].exact, rows[i].mult_adds);
        assert_tenths_of_millions(network.parameters, rows[i].parameters);
    }
}

static void test_table_7_resolutions(void **state)
{
    (void)state;
    static const struct {
        int resolution;
        int64_t exact;
        double mult_adds;
    } rows[] = {
        {224, 568740352, 569}, {192, 418121728, 418}, {160, 290675200, 290}, {128, 186400768, 186}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mn_network network = build_scaled(1, rows[i].resolution, false);
        assert_mult_adds(network.mult_adds, rows[i].exact, rows[i].mult_adds);
        assert_tenths_of_millions(network.parameters, 42);
    }
}

/* Table 1: what flows from layer to layer, and the totals that are sums. */
static void test_layers_fit_together(void **state)
{
    (void)state;
    static const int out_channels[MN_BLOCKS] = {64,  128, 128, 256, 256,  512, 512,
                                                512, 512, 512, 512, 1024, 1024};
    static const int out_sizes[MN_BLOCKS] = {112, 56, 56, 28, 28, 14, 14, 14, 14, 14, 14, 7, 7};
    struct mn_network network = build(&paper);
    const struct mn_layer *layers = network.layers;
    assert_int_equal(layers[0].kind, MN_CONV);
    assert_int_equal(layers[0].in_size, 224);
    assert_int_equal(layers[0].in_channels, 3);
    assert_int_equal(layers[0].out_channels, 32);
    for (int block = 0; block < MN_BLOCKS; block++) {
        const struct mn_layer *depthwise = &layers[1 + 2 * block], *pointwise = depthwise + 1;
        assert_int_equal(depthwise->kind, MN_DEPTHWISE);
        assert_int_equal(depthwise->in_channels, depthwise->out_channels);
        assert_int_equal(depthwise->stride * depthwise->out_size, depthwise->in_size);
        assert_int_equal(pointwise->kind, MN_POINTWISE);
        assert_int_equal(pointwise->out_channels, out_channels[block]);
        assert_int_equal(pointwise->out_size, out_sizes[block]);
    }
    assert_int_equal(layers[27].kind, MN_POOL);
    assert_int_equal(layers[27].out_size, 1);
    assert_int_equal(layers[28].kind, MN_LINEAR);
    assert_int_equal(layers[28].out_channels, 1000);
    int64_t mult_adds = 0, parameters = 0;
    for (int i = 0; i < network.layer_count; i++) {
        if (i > 0) {
            assert_int_equal(layers[i].in_size, layers[i - 1].out_size);
            assert_int_equal(layers[i].in_channels, layers[i - 1].out_channels);
        }
        mult_adds += layers[i].mult_adds;
        parameters += layers[i].parameters;
    }
    assert_int_equal(network.mult_adds, mult_adds);
    assert_int_equal(network.parameters, parameters);
}

static void test_weight_counts(void **state)
{
    (void)state;
    struct mn_network network = build(&paper);
    assert_int_equal(mn_layer_weight_count(&network.layers[0]), 32 * 3 * 9);
    assert_int_equal(mn_layer_weight_count(&network.layers[1]), 32 * 9);
    assert_int_equal(mn_layer_weight_count(&network.layers[2]), 32 * 64);
    assert_int_equal(mn_layer_weight_count(&network.layers[27]), 0);
    assert_int_equal(mn_layer_weight_count(&network.layers[28]), 1024 * 1000);
    assert_int_equal(network.layers[0].parameters, 32 * 3 * 9 + 2 * 32);
    assert_int_equal(network.layers[28].parameters, 1024 * 1000 + 1000);
}

static void test_padding(void **state)
{
    (void)state;
    struct mn_network_spec spec = paper;
    for (int symmetric = 0; symmetric < 2; symmetric++) {
        spec.padding = symmetric ? MN_PAD_SYMMETRIC : MN_PAD_SAME;
        struct mn_network network = build(&spec);
        for (int i = 0; i < network.layer_count; i++) {
            const struct mn_layer *layer = &network.layers[i];
            bool spatial = layer->kind == MN_CONV || layer->kind == MN_DEPTHWISE;
            int pad = !spatial ? 0 : layer->stride == 1 ? 1 : symmetric;
            assert_int_equal(layer->pad, pad);
        }
    }
}

static void test_names_are_those_of_timm(void **state)
{
    (void)state;
    struct mn_network network = build(&paper);
    assert_string_equal(network.layers[0].name, "conv_stem");
    assert_string_equal(network.layers[0].norm, "bn1");
    assert_string_equal(network.layers[1].name, "blocks.0.0.conv_dw");
    assert_string_equal(network.layers[1].norm, "blocks.0.0.bn1");
    assert_string_equal(network.layers[2].name, "blocks.0.0.conv_pw");
    assert_string_equal(network.layers[2].norm, "blocks.0.0.bn2");
    assert_string_equal(network.layers[21].name, "blocks.3.5.conv_dw");
    assert_string_equal(network.layers[26].name, "blocks.4.1.conv_pw");
    assert_string_equal(network.layers[27].norm, "");
    assert_string_equal(network.layers[28].name, "classifier");
    assert_string_equal(mn_layer_kind_name(MN_DEPTHWISE), "depthwise");
}

/* The output channels of the first convolution and the blocks, as a model file shows them. */
static void channels_of(const struct mn_network *network, int channels[1 + MN_BLOCKS])
{
    for (int i = 0; i <= MN_BLOCKS; i++)
        channels[i] = network->layers[2 * i].out_channels;
}

static void assert_channels(double width, int divisor, int first, int second, int last)
{
    struct mn_network_spec spec = paper;
    spec.width = width;
    spec.channel_divisor = divisor;
    struct mn_network network = build(&spec);
    assert_int_equal(network.layers[0].out_channels, first);
    assert_int_equal(network.layers[2].out_channels, second);
    assert_int_equal(network.layers[26].out_channels, last);
}

static void test_channel_rules(void **state)
{
    (void)state;
    assert_channels(0.75, 1, 24, 48, 768);
    assert_channels(0.1, 1, 8, 8, 102); /* at least 8, else rounded down */
    assert_channels(0.33, 1, 10, 21, 337);
    assert_channels(0.33, 8, 16, 24, 336); /* 10.56 to 8 would be over 10 % down; 21.1 to 24 */
    assert_channels(0.01, 8, 8, 8, 16);    /* 10.24 to 8 likewise */
    assert_channels(1.25, 8, 40, 80, 1280);
    assert_channels(1.1, 8, 32, 72, 1128); /* 35.2 down to 32 is 9 % */
    assert_channels(16, 1, 512, 1024, 16384);
}

/* Whatever width made the channels, the one that is found makes them too. */
static void test_width_is_found(void **state)
{
    (void)state;
    int tried = 0;
    for (int divisor = 1; divisor <= 8; divisor += 7)
        for (int percent = 1; percent <= 1600; percent += percent < 200 ? 1 : 37) {
            struct mn_network_spec spec = paper;
            spec.width = percent / 100.0;
            spec.channel_divisor = divisor;
            struct mn_network network = build(&spec);
            int expected[1 + MN_BLOCKS], found[1 + MN_BLOCKS];
            struct mn_error error;
            channels_of(&network, expected);
            if (mn_network_of_channels(&network, &paper, expected, &error))
                fail_msg("%d %%, divisor %d: %s", percent, divisor, error.message);
            channels_of(&network, found);
            assert_memory_equal(found, expected, sizeof found);
            tried++;
        }
    assert_true(tried > 400);
}

static void test_usual_widths_are_found_exactly(void **state)
{
    (void)state;
    static const double widths[] = {0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 0.1, 0.35};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct mn_network network = build_scaled(widths[i], 224, false);
        int channels[1 + MN_BLOCKS];
        struct mn_error error;
        channels_of(&network, channels);
        assert_int_equal(mn_network_of_channels(&network, &paper, channels, &error), MN_OK);
        assert_true(fabs(network.spec.width - widths[i]) < 1e-12);
        assert_int_equal(network.spec.channel_divisor, 1);
    }
}

static void assert_no_width(const int channels[1 + MN_BLOCKS])
{
    struct mn_network network;
    struct mn_error error;
    assert_int_equal(mn_network_of_channels(&network, &paper, channels, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "no width multiplier"));
}

static void test_other_networks_have_no_width(void **state)
{
    (void)state;
    struct mn_network network = build(&paper);
    int channels[1 + MN_BLOCKS];
    for (int i = 0; i <= MN_BLOCKS; i++) {
        channels_of(&network, channels);
        channels[i] += 1;
        assert_no_width(channels);
        channels[i] = 0;
        assert_no_width(channels);
        channels[i] = -2000000000;
        assert_no_width(channels);
        channels[i] = 2000000000;
        assert_no_width(channels);
    }
}

static void assert_refused(const struct mn_network_spec *spec, const char *word)
{
    struct mn_network network;
    struct mn_error error = {.status = MN_OK};
    assert_int_equal(mn_network_build(&network, spec, &error), MN_BAD_INPUT);
    assert_int_equal(error.status, MN_BAD_INPUT);
    assert_non_null(strstr(error.message, word));
}

static void test_bad_specs_are_refused(void **state)
{
    (void)state;
    static const double widths[] = {0, -1, -INFINITY, INFINITY, NAN, 16.01, 1e300};
    static const int resolutions[] = {0, -32, 31, 33, 100, 223, 544, 2147483616};
    static const int classes[] = {0, -1, MN_MAX_CLASSES + 1, INT32_MAX};
    static const int divisors[] = {0, -8, 2, 16};
    struct mn_network_spec spec = paper;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++, spec = paper) {
        spec.width = widths[i];
        assert_refused(&spec, "width");
    }
    for (size_t i = 0; i < sizeof resolutions / sizeof *resolutions; i++, spec = paper) {
        spec.resolution = resolutions[i];
        assert_refused(&spec, "resolution");
    }
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++, spec = paper) {
        spec.classes = classes[i];
        assert_refused(&spec, "classes");
    }
    for (size_t i = 0; i < sizeof divisors / sizeof *divisors; i++, spec = paper) {
        spec.channel_divisor = divisors[i];
        assert_refused(&spec, "divisor");
    }
}

static void test_extremes_are_accepted(void **state)
{
    (void)state;
    struct mn_network_spec spec = paper;
    spec.width = 1e-9;
    spec.resolution = MN_MIN_RESOLUTION;
    spec.classes = 1;
    struct mn_network smallest = build(&spec);
    assert_int_equal(smallest.layers[26].out_channels, 8);
    assert_int_equal(smallest.layers[26].out_size, 1);
    spec = paper;
    spec.width = 16;
    spec.resolution = MN_MAX_RESOLUTION;
    spec.classes = MN_MAX_CLASSES;
    struct mn_network largest = build(&spec);
    assert_true(largest.mult_adds > 256 * (int64_t)569000000);
    assert_int_equal(mn_layer_weight_count(&largest.layers[28]), (int64_t)16384 * MN_MAX_CLASSES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_4_standard_and_separable),
        cmocka_unit_test(test_table_6_widths),
        cmocka_unit_test(test_table_7_resolutions),
        cmocka_unit_test(test_layers_fit_together),
        cmocka_unit_test(test_weight_counts),
        cmocka_unit_test(test_padding),
        cmocka_unit_test(test_names_are_those_of_timm),
        cmocka_unit_test(test_channel_rules),
        cmocka_unit_test(test_width_is_found),
        cmocka_unit_test(test_usual_widths_are_found_exactly),
        cmocka_unit_test(test_other_networks_have_no_width),
        cmocka_unit_test(test_bad_specs_are_refused),
        cmocka_unit_test(test_extremes_are_accepted),
    };
    return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
