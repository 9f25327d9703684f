from lca.engine import Category


def test_details_stand_right_behind_the_category_that_they_look_into():
    order = list(Category)
    details = [category for category in order if category.detail_of]
    assert details == [Category.WATER_WITHOUT_HYDROPOWER, Category.WATER_SCARCITY]
    for place, category in enumerate(order):
        if category.detail_of:
            assert category.detail_of in {order[place - 1], order[place - 1].detail_of}
            assert category.detail_of.detail_of is None
