//! What clew's own annotations say of the calls of libraries that programs make most.

use expect_test::expect;

use crate::support::check_library;

#[test]
fn numpy() {
    check_library(
        "
        numpy:zeros(_)
        numpy:add(_, _)
        numpy:add(_, _, out=_)
        numpy:add(_, _, _)
        numpy:ufunc.at(_, _, _)
        numpy:asarray(_)
        numpy:array(_)
        numpy:array(_, copy=False)
        numpy:reshape(_, _)
        numpy:copyto(dst=_, src=_)
        numpy:save('a.npy', _)
        numpy:load('a.npy')
        numpy:linalg(_)
        numpy.linalg:solve(_, _)
        numpy.random:seed(0)
        numpy.random:rand(3)
        numpy.random:default_rng(0)
        numpy.random:Generator.normal()
        numpy.random:Generator.shuffle(_)
        numpy:ndarray.sort()
        numpy:ndarray.mean()
        numpy:ndarray.reshape(2, 3)
        numpy:ndarray.cumsum(out=_)
        numpy:ndarray.__setitem__(_, _)
        numpy:ndarray.astype(_)
        numpy:ndarray.astype(_, copy=False)
        ",
        expect![[r#"
            numpy:zeros(_)
                pure
            numpy:add(_, _)
                pure
            numpy:add(_, _, out=_)
                mutates out=; views result, out=
            numpy:add(_, _, _)
                mutates 2; views result, 2
            numpy:ufunc.at(_, _, _)
                mutates 0 shallow
            numpy:asarray(_)
                views result, *
            numpy:array(_)
                pure
            numpy:array(_, copy=False)
                views result, 0 (varies)
            numpy:reshape(_, _)
                views result, *
            numpy:copyto(dst=_, src=_)
                mutates dst= shallow
            numpy:save('a.npy', _)
                mutates 0 shallow; writes file_system[0]; reads cwd
            numpy:load('a.npy')
                consumes 0; reads file_system[0]; reads cwd
            numpy:linalg(_)
                pure
            numpy.linalg:solve(_, _)
                pure
            numpy.random:seed(0)
                writes numpy_random
            numpy.random:rand(3)
                reads numpy_random; writes numpy_random
            numpy.random:default_rng(0)
                views result, 0
            numpy.random:Generator.normal()
                mutates self
            numpy.random:Generator.shuffle(_)
                mutates self; mutates 0 shallow
            numpy:ndarray.sort()
                mutates self shallow
            numpy:ndarray.mean()
                pure
            numpy:ndarray.reshape(2, 3)
                views result, self
            numpy:ndarray.cumsum(out=_)
                mutates out= shallow; views result, out=
            numpy:ndarray.__setitem__(_, _)
                mutates self shallow
            numpy:ndarray.astype(_)
                pure
            numpy:ndarray.astype(_, copy=False)
                views result, self (varies)
        "#]],
    );
}

#[test]
fn pandas() {
    check_library(
        "
        pandas:read_csv('a.csv')
        pandas:read_csv('a.csv', chunksize=10)
        pandas:read_sql('select', _)
        pandas:merge(_, _)
        new pandas:DataFrame(_) where pandas is 3.0.1
        new pandas:DataFrame(_) where pandas is 2.2.0
        pandas:DataFrame.head()
        pandas:DataFrame.__getitem__(_) where pandas is 3.0.1
        pandas:DataFrame.__getitem__(_) where pandas is 2.2.0
        pandas:DataFrame.__setitem__(_, _)
        pandas:DataFrame.dropna()
        pandas:DataFrame.dropna(inplace=True)
        pandas:DataFrame.apply(_)
        pandas:DataFrame.pop('x')
        pandas:DataFrame.to_csv('a.csv')
        pandas:DataFrame.to_csv()
        pandas:DataFrame.to_sql('t', _)
        pandas:DataFrame.sample(3)
        pandas:DataFrame.sample(3, random_state=0)
        pandas:DataFrame.groupby('x')
        pandas:DataFrame.info()
        pandas:Series.map(_)
        pandas:Index.rename('a', inplace=True)
        pandas.core.indexing:_LocIndexer.__setitem__(_, _)
        pandas.core.groupby.groupby:BaseGroupBy.mean()
        pandas.plotting._core:PlotAccessor.__call__()
        pandas.plotting._core:PlotAccessor.scatter(ax=_)
        ?pandas:DataFrame.to_parquet('a')
        ",
        expect![[r#"
            pandas:read_csv('a.csv')
                consumes 0; reads file_system[0]; reads cwd
            pandas:read_csv('a.csv', chunksize=10)
                consumes 0; reads file_system[0]; views result, 0; reads cwd (varies)
            pandas:read_sql('select', _)
                reads db[1]
            pandas:merge(_, _)
                pure
            new pandas:DataFrame(_) where pandas is 3.0.1
                consumes 0
            new pandas:DataFrame(_) where pandas is 2.2.0
                consumes 0; views result, 0
            pandas:DataFrame.head()
                views result, self
            pandas:DataFrame.__getitem__(_) where pandas is 3.0.1
                pure
            pandas:DataFrame.__getitem__(_) where pandas is 2.2.0
                views result, self
            pandas:DataFrame.__setitem__(_, _)
                mutates self shallow; consumes 1
            pandas:DataFrame.dropna()
                pure
            pandas:DataFrame.dropna(inplace=True)
                mutates self shallow (varies)
            pandas:DataFrame.apply(_)
                pure
            pandas:DataFrame.pop('x')
                mutates self shallow
            pandas:DataFrame.to_csv('a.csv')
                mutates 0 shallow; writes file_system[0]; reads cwd (varies)
            pandas:DataFrame.to_csv()
                pure
            pandas:DataFrame.to_sql('t', _)
                mutates 1; reads db[1]; writes db[1]
            pandas:DataFrame.sample(3)
                reads numpy_random; writes numpy_random
            pandas:DataFrame.sample(3, random_state=0)
                mutates random_state= (varies)
            pandas:DataFrame.groupby('x')
                views result, self
            pandas:DataFrame.info()
                writes standard_streams
            pandas:Series.map(_)
                pure
            pandas:Index.rename('a', inplace=True)
                mutates self shallow (varies)
            pandas.core.indexing:_LocIndexer.__setitem__(_, _)
                mutates self
            pandas.core.groupby.groupby:BaseGroupBy.mean()
                pure
            pandas.plotting._core:PlotAccessor.__call__()
                reads pyplot; writes pyplot; result handles pyplot
            pandas.plotting._core:PlotAccessor.scatter(ax=_)
                mutates ax=; reads pyplot; writes pyplot; result handles pyplot; ax= handles pyplot; views result, ax=
            ?pandas:DataFrame.to_parquet('a')
                mutates 0 shallow; writes file_system[0]; reads cwd (varies)
        "#]],
    );
}

#[test]
fn scikit_learn() {
    check_library(
        "
        new sklearn.linear_model:LinearRegression, sklearn.base:BaseEstimator()
        ?sklearn.base:BaseEstimator.fit(_, _) where .fit_intercept is True
        ?sklearn.base:BaseEstimator.fit(_, _) where .random_state is None
        ?sklearn.base:BaseEstimator.fit(_, _) where .random_state is 0
        ?sklearn.base:BaseEstimator.fit(_, _) where .steps is obj
        ?sklearn.base:BaseEstimator.fit_transform(_) where .copy is True
        ?sklearn.base:BaseEstimator.predict(_)
        ?sklearn.base:BaseEstimator.transform(_)
        sklearn.base:BaseEstimator.set_params()
        sklearn.metrics:accuracy_score(_, _)
        sklearn.model_selection:train_test_split(_, _)
        sklearn.model_selection:train_test_split(_, _, random_state=0)
        sklearn.datasets:make_blobs(random_state=obj)
        sklearn.datasets:load_iris()
        sklearn.preprocessing:scale(_, copy=False)
        ",
        expect![[r#"
            new sklearn.linear_model:LinearRegression, sklearn.base:BaseEstimator()
                views result, **
            ?sklearn.base:BaseEstimator.fit(_, _) where .fit_intercept is True
                mutates self; views result, self, ** (varies)
            ?sklearn.base:BaseEstimator.fit(_, _) where .random_state is None
                mutates self; views result, self, **; reads numpy_random; writes numpy_random (varies)
            ?sklearn.base:BaseEstimator.fit(_, _) where .random_state is 0
                mutates self; views result, self, ** (varies)
            ?sklearn.base:BaseEstimator.fit(_, _) where .steps is obj
                mutates self; views result, self, **; reads numpy_random; writes numpy_random (varies)
            ?sklearn.base:BaseEstimator.fit_transform(_) where .copy is True
                mutates self; views result, self, ** (varies)
            ?sklearn.base:BaseEstimator.predict(_)
                pure
            ?sklearn.base:BaseEstimator.transform(_)
                views result, ** (varies)
            sklearn.base:BaseEstimator.set_params()
                mutates self; views result, self, **
            sklearn.metrics:accuracy_score(_, _)
                views result, **
            sklearn.model_selection:train_test_split(_, _)
                reads numpy_random; writes numpy_random
            sklearn.model_selection:train_test_split(_, _, random_state=0)
                mutates random_state= (varies)
            sklearn.datasets:make_blobs(random_state=obj)
                mutates random_state= (varies)
            sklearn.datasets:load_iris()
                pure
            sklearn.preprocessing:scale(_, copy=False)
                mutates 0 shallow; views result, 0; views result, ** (varies)
        "#]],
    );
}

#[test]
fn matplotlib_and_seaborn() {
    check_library(
        "
        matplotlib.pyplot:plot(_, _)
        matplotlib.pyplot:subplots()
        matplotlib.pyplot:savefig('a.png')
        matplotlib:RcParams.__setitem__('a', 1)
        matplotlib.axes:Axes.plot(_, _)
        matplotlib.axes:Axes.get_xlim()
        matplotlib.axes:Axes.set_title('a')
        matplotlib.figure:Figure.savefig('a.png')
        seaborn:histplot(_)
        seaborn:histplot(_, ax=_)
        seaborn:set_theme()
        ",
        expect![[r#"
            matplotlib.pyplot:plot(_, _)
                reads pyplot; writes pyplot; result handles pyplot; ** handles pyplot; views result, **
            matplotlib.pyplot:subplots()
                reads pyplot; writes pyplot; result handles pyplot; ** handles pyplot; views result, **
            matplotlib.pyplot:savefig('a.png')
                mutates 0 shallow; reads pyplot; writes file_system[0]; reads cwd
            matplotlib:RcParams.__setitem__('a', 1)
                mutates self shallow; reads pyplot["settings"]; writes pyplot["settings"]; writes module:matplotlib
            matplotlib.axes:Axes.plot(_, _)
                mutates self; views result, self
            matplotlib.axes:Axes.get_xlim()
                views result, self
            matplotlib.axes:Axes.set_title('a')
                mutates self; views result, self, **
            matplotlib.figure:Figure.savefig('a.png')
                mutates 0 shallow; writes file_system[0]; reads cwd
            seaborn:histplot(_)
                reads pyplot; writes pyplot; result handles pyplot
            seaborn:histplot(_, ax=_)
                mutates ax=; reads pyplot; writes pyplot; result handles pyplot; ax= handles pyplot; views result, ax=
            seaborn:set_theme()
                reads pyplot; writes pyplot
        "#]],
    );
}

#[test]
fn scipy_and_statsmodels() {
    check_library(
        "
        scipy.stats:ttest_ind(_, _)
        scipy.optimize:minimize(_, _)
        scipy.linalg:solve(_, _, overwrite_a=True)
        scipy.ndimage:gaussian_filter(_, 2, output=_)
        ?scipy.stats._distn_infrastructure:rv_generic.rvs()
        scipy.stats._distn_infrastructure:rv_generic.rvs(random_state=0)
        scipy.sparse:csr_matrix.dot(_)
        scipy.sparse:csr_matrix.sort_indices()
        scipy.io:savemat('a.mat', _)
        statsmodels.base.model:Model.fit()
        statsmodels.regression.linear_model:RegressionResults.summary()
        ",
        expect![[r#"
            scipy.stats:ttest_ind(_, _)
                views result, **
            scipy.optimize:minimize(_, _)
                views result, **
            scipy.linalg:solve(_, _, overwrite_a=True)
                mutates 0 shallow; views result, ** (varies)
            scipy.ndimage:gaussian_filter(_, 2, output=_)
                mutates output= shallow; views result, output=
            ?scipy.stats._distn_infrastructure:rv_generic.rvs()
                reads numpy_random; writes numpy_random
            scipy.stats._distn_infrastructure:rv_generic.rvs(random_state=0)
                mutates random_state= (varies)
            scipy.sparse:csr_matrix.dot(_)
                pure
            scipy.sparse:csr_matrix.sort_indices()
                mutates self shallow; views result, self
            scipy.io:savemat('a.mat', _)
                mutates 0 shallow; writes file_system[0]; reads cwd
            statsmodels.base.model:Model.fit()
                mutates self shallow; views result, self
            statsmodels.regression.linear_model:RegressionResults.summary()
                mutates self shallow
        "#]],
    );
}

#[test]
fn models_that_learn() {
    check_library(
        "
        torch:manual_seed(0)
        torch:randn(3)
        torch:Tensor.add_(_)
        torch:Tensor.backward()
        torch.nn:Module.__call__(_) where .training is True
        torch.nn:Module.__call__(_) where .training is False
        torch.optim:Optimizer.step()
        torch:save(_, 'a.pt')
        keras:Model.fit(_, _)
        keras:Model.save('a.keras')
        xgboost:train(_, _)
        lightgbm:train(_, _)
        ",
        expect![[r#"
            torch:manual_seed(0)
                writes torch_random
            torch:randn(3)
                reads torch_random; writes torch_random
            torch:Tensor.add_(_)
                mutates self shallow; views result, self, *
            torch:Tensor.backward()
                mutates self; views self, *
            torch.nn:Module.__call__(_) where .training is True
                views result, self, *; mutates self; reads torch_random; writes torch_random (varies)
            torch.nn:Module.__call__(_) where .training is False
                views result, self, * (varies)
            torch.optim:Optimizer.step()
                mutates self
            torch:save(_, 'a.pt')
                mutates 1 shallow; writes file_system[1]; reads cwd
            keras:Model.fit(_, _)
                mutates self; reads module:tensorflow.random; reads numpy_random; writes module:tensorflow.random; writes numpy_random; consumes 0; views result, self
            keras:Model.save('a.keras')
                mutates 0 shallow; writes file_system[0]; reads cwd
            xgboost:train(_, _)
                pure
            lightgbm:train(_, _)
                mutates 1 shallow
        "#]],
    );
}

#[test]
fn other_libraries() {
    check_library(
        "
        joblib:dump(_, 'a.joblib')
        PIL.Image:open('a.png')
        PIL.Image:Image.resize(_)
        PIL.Image:Image.save('a.png')
        PIL.Image:Image.paste(_)
        requests:get('https://example.org')
        sqlalchemy:create_engine('sqlite://')
        polars:read_parquet('a.parquet')
        polars:DataFrame.with_columns(_)
        pyarrow.parquet:write_table(_, 'a.parquet')
        networkx:shortest_path(_)
        networkx:Graph.add_edge(1, 2)
        dask.dataframe:read_csv('a*.csv')
        cv2:rectangle(_, _, _)
        cv2:imread('a.png')
        new tqdm.std:tqdm(_)
        botocore.client:BaseClient.upload_file('a', 'b', 'c')
        plotly.express:scatter(_)
        plotly.basedatatypes:BaseFigure.update_layout()
        plotly.basedatatypes:BaseFigure.write_html('a.html')
        ",
        expect![[r#"
            joblib:dump(_, 'a.joblib')
                mutates 1 shallow; writes file_system[1]; reads cwd
            PIL.Image:open('a.png')
                reads file_system[0]; views result, 0; reads cwd
            PIL.Image:Image.resize(_)
                pure
            PIL.Image:Image.save('a.png')
                mutates 0 shallow; writes file_system[0]; reads cwd
            PIL.Image:Image.paste(_)
                mutates self shallow
            requests:get('https://example.org')
                reads network[0]; writes network[0]
            sqlalchemy:create_engine('sqlite://')
                reads db[0]; result handles db[0]
            polars:read_parquet('a.parquet')
                consumes 0; reads file_system[0]; reads cwd
            polars:DataFrame.with_columns(_)
                pure
            pyarrow.parquet:write_table(_, 'a.parquet')
                mutates 1 shallow; writes file_system[1]; reads cwd
            networkx:shortest_path(_)
                pure
            networkx:Graph.add_edge(1, 2)
                mutates self; consumes *
            dask.dataframe:read_csv('a*.csv')
                reads file_system[0]; reads cwd
            cv2:rectangle(_, _, _)
                mutates 0 shallow; views result, 0, 0
            cv2:imread('a.png')
                reads file_system[0]; reads cwd
            new tqdm.std:tqdm(_)
                writes standard_streams; views result, 0
            botocore.client:BaseClient.upload_file('a', 'b', 'c')
                reads file_system[0]; reads network; writes network; reads cwd
            plotly.express:scatter(_)
                pure
            plotly.basedatatypes:BaseFigure.update_layout()
                mutates self; views result, self, **
            plotly.basedatatypes:BaseFigure.write_html('a.html')
                mutates 0 shallow; writes file_system[0]; reads cwd
        "#]],
    );
}
