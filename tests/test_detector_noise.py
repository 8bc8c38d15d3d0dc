from dgnet_tf import detector_noise


def test_noise_has_the_stated_deviation():
    noise = detector_noise.draw((1600, 17, 2), 5.0, [1, 2]).numpy()
    # Four standard errors of a deviation estimated from n draws.
    assert abs(noise.std() - 5) < 4 * 5 / (2 * noise.size) ** 0.5
    assert abs(noise.mean()) < 4 * 5 / noise.size**0.5
